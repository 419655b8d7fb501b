import { expect, test } from 'vitest'
import { follow, type Surroundings, type Told } from './client'

/** A server whose answers wait until they are let go. */
function surroundings() {
  const asked: { url: string; answer: (told: Partial<Told> | null) => void }[] = []
  const sources: { onmessage?: (event: { data: string }) => void; onerror?: () => void; readyState: number; CLOSED: 2 }[] = []
  const waiting: (() => void)[] = []
  const all: Surroundings = {
    fetch: (url) =>
      new Promise((resolve) => {
        const answer = (told: Partial<Told> | null) => resolve({ ok: told !== null, json: () => Promise.resolve(told) })
        asked.push({ url, answer })
      }),
    events: () => {
      const source = { readyState: 1, CLOSED: 2 as const }
      sources.push(source)
      return source as unknown as EventSource
    },
    later: (_, run) => void waiting.push(run),
  }
  const say = (revision: number) => sources.at(-1)?.onmessage?.({ data: JSON.stringify({ revision }) })
  return { all, asked, sources, waiting, say }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

test('what changes while the page is busy is asked for once, from where it was', async () => {
  const { all, asked, say } = surroundings()
  const taken: number[] = []
  follow({ take: ({ revision }) => void taken.push(revision), connected: () => undefined }, all)
  say(1)
  say(2)
  say(3)
  expect(asked.map(({ url }) => url)).toEqual(['project.json'])
  asked[0]?.answer({ revision: 2 })
  await settled()
  expect(asked.map(({ url }) => url)).toEqual(['project.json', 'project.json?since=2'])
  asked[1]?.answer({ revision: 3 })
  await settled()
  say(3)
  await settled()
  expect(asked).toHaveLength(2)
  expect(taken).toEqual([2, 3])
})

test('a server that went is told, and looked for again', async () => {
  const { all, asked, sources, waiting, say } = surroundings()
  const states: boolean[] = []
  follow({ take: () => undefined, connected: (is) => void states.push(is) }, all)
  say(1)
  asked[0]?.answer(null)
  await settled()
  expect(states).toEqual([true, false])
  waiting.shift()?.()
  asked[1]?.answer({ revision: 1 })
  await settled()
  expect(states.at(-1)).toBe(true)
  const [source] = sources
  if (source === undefined) throw new Error('nothing listens')
  source.onerror?.()
  expect([states.at(-1), sources.length, waiting.length]).toEqual([false, 1, 0])
  source.readyState = source.CLOSED
  source.onerror?.()
  waiting.shift()?.()
  expect(sources).toHaveLength(2)
})
