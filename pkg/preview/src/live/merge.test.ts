import { expect, test } from 'vitest'
import { merge } from './merge'

const map = (files: Record<string, string>) => new Map(Object.entries(files))
const told = (files: Record<string, string>, removed: string[] = [], complete = false) => ({ files, removed, complete })

test('files that nobody edited follow the disk', () => {
  const before = map({ a: '1', b: '1', c: '1' })
  const merged = merge(before, before, told({ a: '2', d: '1' }, ['b', 'never']))
  expect(merged.files).toEqual(map({ a: '2', c: '1', d: '1' }))
  expect(merged.originals).toEqual(merged.files)
  expect([...merged.changes]).toEqual([['a', '2'], ['d', '1'], ['b', null]])
  expect(merged.kept).toEqual([])
})

test('what was edited in the page stays, and is a change against the disk as it is now', () => {
  const merged = merge(map({ a: '1', b: '1', c: '1' }), map({ a: 'mine', b: 'mine', d: 'mine' }), told({ a: '2', c: '2', d: '1' }, ['b']))
  expect(merged.files).toEqual(map({ a: 'mine', b: 'mine', d: 'mine' }))
  expect(merged.originals).toEqual(map({ a: '2', c: '2', d: '1' }))
  expect(merged.changes.size).toBe(0)
  expect(merged.kept).toEqual(['a', 'c', 'd', 'b'])
})

test('an edit that was saved by other means is no edit any more', () => {
  const merged = merge(map({ a: '1' }), map({ a: '2' }), told({ a: '2' }))
  expect([merged.originals, merged.files, merged.kept]).toEqual([map({ a: '2' }), map({ a: '2' }), []])
})

test('where everything is told, what is not among it is gone', () => {
  const before = map({ a: '1', b: '1' })
  expect(merge(before, before, told({ b: '1' }, [], true)).files).toEqual(map({ b: '1' }))
})
