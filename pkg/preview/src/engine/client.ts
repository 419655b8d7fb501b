// The page's end of the worker.
import type { Operations } from './operations'
import type { Reply, Request } from './queue'
import workerUrl from './worker?worker&url'

/** Somebody asked anew before the answer was there. */
export class Stale extends Error {}

type Waiting = { lane: string | null; resolve: (value: never) => void; reject: (error: Error) => void }
type Arguments<Name extends keyof Operations> = Parameters<Operations[Name]>
type Answer<Name extends keyof Operations> = Promise<Awaited<ReturnType<Operations[Name]>>>

/** A worker that can be asked, and ended. */
export class Engine {
  #worker: Worker
  #waiting = new Map<number, Waiting>()
  #latest = new Map<string, number>()
  #next = 0

  constructor(onFailure: (message: string) => void) {
    this.#worker = startWorker()
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#settle(data)
    this.#worker.onerror = (event) => onFailure(event.message || 'the worker could not be started')
  }

  /** Asks; the answer to an earlier question of the same lane is `Stale` from now on. */
  ask<Name extends keyof Operations>(name: Name, args: Arguments<Name>, lane: string | null = null): Answer<Name> {
    const id = this.#next++
    if (lane !== null) this.#latest.set(lane, id)
    const request: Request = { id, operation: name, args, lane }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { lane, resolve, reject })
      this.#worker.postMessage(request)
    }) as Answer<Name>
  }

  /** Ends the worker, whatever it does. */
  end(): void {
    this.#worker.terminate()
    for (const waiting of this.#waiting.values()) waiting.reject(new Stale())
    this.#waiting.clear()
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    const outdated = waiting.lane !== null && this.#latest.get(waiting.lane) !== reply.id
    if (outdated || (!reply.done && reply.stale)) waiting.reject(new Stale())
    else if (reply.done) waiting.resolve(reply.value as never)
    else waiting.reject(new Error(reply.message))
  }
}

/**
 * Starts the worker from a blob that imports it: a worker that is loaded from an address has the policy of that address,
 * which is none on a static host. One from a blob has the page's, and cannot connect to anything either.
 */
function startWorker(): Worker {
  const address = new URL(workerUrl, document.baseURI).href
  const blob = new Blob([`import ${JSON.stringify(address)}`], { type: 'text/javascript' })
  const url = URL.createObjectURL(blob)
  const worker = new Worker(url, { type: 'module' })
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return worker
}
