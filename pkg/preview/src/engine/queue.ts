// Requests in the worker: done in order, but a request of a lane is dropped once a later one of that lane waits.

/** A request as it is posted to the worker. */
export interface Request {
  id: number
  operation: string
  args: unknown[]
  /** Requests of one lane replace each other; without a lane, each is done. */
  lane: string | null
}

/** What comes back. */
export type Reply =
  | { id: number; done: true; value: unknown }
  | { id: number; done: false; stale: true }
  | { id: number; done: false; stale: false; message: string }

/** Takes the next request that is still wanted; tells `drop` of those that are not. */
export function next(queue: Request[], drop: (request: Request) => void): Request | undefined {
  for (;;) {
    const request = queue.shift()
    if (request === undefined) return undefined
    const { lane } = request
    if (lane === null || !queue.some((later) => later.lane === lane)) return request
    drop(request)
  }
}
