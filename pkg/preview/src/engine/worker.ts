// The worker: one request after the other, with a look at what has arrived in between.
import { operations } from './operations'
import { next, type Reply, type Request } from './queue'

const queue: Request[] = []
const turn = new MessageChannel()
let busy = false

function reply(message: Reply): void {
  self.postMessage(message)
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  queue.push(data)
  if (!busy) turn.port2.postMessage(null)
}

turn.port1.onmessage = async () => {
  if (busy) return
  const request = next(queue, ({ id }) => reply({ id, done: false, stale: true }))
  if (request === undefined) return
  busy = true
  const { id, operation, args } = request
  try {
    const run = operations[operation as keyof typeof operations] as (...args: unknown[]) => unknown
    reply({ id, done: true, value: await run(...args) })
  } catch (error) {
    reply({ id, done: false, stale: false, message: error instanceof Error ? error.message : String(error) })
  }
  busy = false
  // What was posted meanwhile comes in before this does.
  if (queue.length > 0) turn.port2.postMessage(null)
}
