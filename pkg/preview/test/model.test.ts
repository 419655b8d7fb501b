// The page's own logic, without a browser.
import { describe, expect, test } from 'vitest'
import type { DiffResult, FieldChange, ImageUse, Kustomization, ObjectDiff } from 'rustomize'
import { compareRows, totals } from '../src/model/compare'
import { content, isLeftOut, withoutCommonDirectory } from '../src/model/content'
import { choice, environments, inOrder, keepParts } from '../src/model/environments'
import { groups, isAbout, valueText } from '../src/model/fields'
import { NO_FILTER, kinds, matching } from '../src/model/filter'
import { blockLines, pieces } from '../src/model/highlight'
import { imageArgument, imageRows, versionText } from '../src/model/images'
import { layOut, lineAt, lineStarts, rowAt, rowCount } from '../src/model/lines'
import { masks, replaced } from '../src/model/masks'
import { filePatch } from '../src/model/patch'
import { isShared, pack, unpack } from '../src/model/share'
import { ancestors, treeRows } from '../src/model/tree'
import { next, type Request } from '../src/engine/queue'
import { entryEdit, tagEdit } from '../src/engine/imageEdit'

describe('requests', () => {
  const request = (id: number, lane: string | null): Request => ({ id, operation: 'build', args: [], lane })

  test('a later request of a lane drops an earlier one, and no other', () => {
    const queue = [request(1, 'build'), request(2, null), request(3, 'compare'), request(4, 'build')]
    const dropped: number[] = []
    const done: (number | undefined)[] = []
    for (;;) {
      const found = next(queue, ({ id }) => dropped.push(id))
      if (found === undefined) break
      done.push(found.id)
    }
    expect(done).toEqual([2, 3, 4])
    expect(dropped).toEqual([1])
  })
})

describe('files', () => {
  test('bytes are a text if they are UTF-8 without zeros', () => {
    expect(content(new TextEncoder().encode('ä: 1\n'))).toBe('ä: 1\n')
    expect(content(new Uint8Array([0xff, 0xfe]))).toBeInstanceOf(Uint8Array)
    expect(content(new Uint8Array([65, 0, 66]))).toBeInstanceOf(Uint8Array)
    // A mark of byte order is part of the text: what is written back has it.
    expect(content(new Uint8Array([0xef, 0xbb, 0xbf, 65]))).toBe('\ufeffA')
  })

  test('the one directory that everything is in goes', () => {
    const two: [string, number][] = [['a/b/c.yaml', 1], ['a/d.yaml', 2]]
    expect(withoutCommonDirectory(two)).toEqual({ name: 'a', files: [['b/c.yaml', 1], ['d.yaml', 2]] })
    expect(withoutCommonDirectory([['a/b', 1], ['ab/c', 2]])).toEqual({ name: null, files: [['a/b', 1], ['ab/c', 2]] })
    expect(withoutCommonDirectory([['a', 1]]).name).toBeNull()
  })

  test('what is no part of a project is not read', () => {
    expect(isLeftOut('x/.git/config')).toBe(true)
    expect(isLeftOut('node_modules/a')).toBe(true)
    expect(isLeftOut('my.git/config')).toBe(false)
  })

  test('a tree shows what is open, directories first', () => {
    const rows = treeRows(['b.yaml', 'a/x/y.yaml', 'a/z.yaml', 'c/d'], (path) => path === 'a')
    expect(rows.map(({ path, depth, count }) => [path, depth, count])).toEqual([
      ['a', 0, 2],
      ['a/x', 1, 1],
      ['a/z.yaml', 1, 0],
      ['c', 0, 1],
      ['b.yaml', 0, 0],
    ])
    expect(ancestors('a/b/c')).toEqual(['a', 'a/b'])
  })
})

describe('environments', () => {
  test('labels are as short as they can be', () => {
    expect(environments(['overlays/dev', 'overlays/prod', 'overlays/prod/db', 'overlays/dev/db']).map(({ label, place }) => [label, place])).toEqual([
      ['dev', ''],
      ['prod', ''],
      ['prod/db', ''],
      ['dev/db', ''],
    ])
    expect(environments(['apps/a/live', 'apps/b/test']).map(({ label, place }) => [label, place])).toEqual([
      ['live', 'a'],
      ['test', 'b'],
    ])
    expect(environments(['.'])[0]!.label).toBe('.')
  })

  test('usual names come in their usual order', () => {
    expect(inOrder(['o/production', 'o/canary', 'o/dev', 'o/staging'])).toEqual(['o/dev', 'o/staging', 'o/production', 'o/canary'])
  })

  test('production is shown first, and what looks like environments is compared', () => {
    const one = (path: string, isRoot = true): Kustomization => ({ path, file: `${path}/kustomization.yaml`, kind: 'Kustomization', includes: [], includedBy: [], isRoot })
    expect(choice([one('base', false), one('overlays/dev'), one('overlays/production'), one('monitoring')])).toEqual({
      target: 'overlays/production',
      compared: ['overlays/dev', 'overlays/production'],
    })
    expect(choice([one('.')])).toEqual({ target: '.', compared: [] })
    expect(choice([])).toEqual({ target: null, compared: [] })
  })

  test('a base stays a base while the file that uses it is broken', () => {
    const one = (path: string, kind: Kustomization['kind'], isRoot: boolean, includedBy: string[]): Kustomization => ({ path, file: path, kind, includes: [], includedBy, isRoot })
    const before = [one('base', 'Kustomization', false, ['prod']), one('prod', 'Kustomization', true, [])]
    const broken = [one('base', 'Kustomization', true, []), one('prod', null, true, []), one('new', 'Kustomization', true, [])]
    const kept = keepParts(before, broken)
    expect(kept.map(({ isRoot }) => isRoot)).toEqual([false, true, true])
    // For as long as it is broken.
    expect(keepParts(kept, broken)[0]!.isRoot).toBe(false)
    expect(keepParts(kept, before)).toBe(before)
    expect(keepParts(kept, [one('base', 'Kustomization', true, []), one('prod', 'Kustomization', true, [])])[0]!.isRoot).toBe(true)
  })
})

describe('lines', () => {
  const text = 'a: 1\nb: 2\n---\nc: 3\n'
  const resources = [{ line: 1, lineCount: 2 }, { line: 4, lineCount: 1 }]

  test('are found by number', () => {
    const starts = lineStarts(text)
    expect([0, 1, 2, 3, 4].map((line) => lineAt(text, starts, line))).toEqual(['a: 1', 'b: 2', '---', 'c: 3', ''])
    expect([...lineStarts('')]).toEqual([0])
  })

  test('of the objects that are shown are laid out, each below its bar', () => {
    const all = layOut(resources, [0, 1])
    expect(rowCount(all)).toBe(5)
    expect([0, 1, 2, 3, 4, 5].map((row) => rowAt(all, row)?.line)).toEqual([null, 0, 1, null, 3, undefined])
    const some = layOut(resources, [1])
    expect(rowCount(some)).toBe(2)
    expect(rowAt(some, 1)).toEqual({ segment: some[0], line: 3 })
    expect(rowAt([], 0)).toBeUndefined()
    expect(rowCount([])).toBe(0)
  })

  const shape = (line: string, inside = false) => pieces(line, inside).map(({ kind, text }) => `${kind}:${text}`)

  test('have colours, and lose nothing', () => {
    expect(shape('  replicas: 3')).toEqual(['plain:  ', 'key:replicas', 'mark:: ', 'number:3'])
    expect(shape('- name: web:1.0')).toEqual(['mark:- ', 'key:name', 'mark:: ', 'string:web:1.0'])
    expect(shape('  - "true"')).toEqual(['plain:  ', 'mark:- ', 'string:"true"'])
    expect(shape('- http://x:80')).toEqual(['mark:- ', 'string:http://x:80'])
    expect(shape('  data: •••')).toEqual(['plain:  ', 'key:data', 'mark:: ', 'hidden:•••'])
    expect(shape('a: b', true)).toEqual(['block:a: b'])
    for (const line of ['', '  ', 'spec:', '- - a: 1', "'it''s': x", '"a\\"b": |-', 'key with: colon: x', '  - ', '? long', ': x']) {
      expect(pieces(line, false).map((piece) => piece.text).join('')).toBe(line)
    }
  })

  test('of block texts are told from others', () => {
    expect(blockLines(['data:', '  a: |-', '    x: 1', '', '    y', '  b: 2', '- |', '  z', 'c: >2'])).toEqual([
      false, false, true, true, true, false, false, true, false,
    ])
  })
})

describe('filters', () => {
  const objects = [
    { kind: 'Deployment', name: 'web', namespace: 'shop' },
    { kind: 'Service', name: 'web', namespace: 'shop' },
    { kind: 'Service', name: 'db', namespace: null },
  ]
  const texts = ['image: web:1', 'port: 80', 'port: 5432']
  const left = (part: Partial<typeof NO_FILTER>) => matching(objects, { ...NO_FILTER, ...part }, (index) => texts[index]!)

  test('by kind, name and text, all of them', () => {
    expect(left({})).toEqual([0, 1, 2])
    expect(left({ kind: 'Service' })).toEqual([1, 2])
    expect(left({ name: 'WEB' })).toEqual([0, 1])
    expect(left({ name: 'shop serv' })).toEqual([1])
    expect(left({ text: 'port', name: 'db' })).toEqual([2])
    expect(left({ text: 'nothing' })).toEqual([])
    expect(kinds(objects)).toEqual([{ kind: 'Deployment', count: 1 }, { kind: 'Service', count: 2 }])
  })

  test('fields are about topics', () => {
    expect(isAbout('spec.replicas', 'replicas')).toBe(true)
    expect(isAbout('spec.template.spec.containers[name=web].image', 'images')).toBe(true)
    expect(isAbout('spec.template.spec.containers[name=web].imagePullPolicy', 'images')).toBe(false)
    expect(isAbout('spec.template.spec.containers[name=web].resources.limits.memory', 'resources')).toBe(true)
    expect(isAbout('spec.rules[host=a].host', 'hosts')).toBe(true)
    expect(isAbout('data.LOG_LEVEL', 'configuration')).toBe(true)
    expect(isAbout('metadata.name', 'configuration')).toBe(false)
  })

  test('equal values are one group', () => {
    const cell = (value: unknown, present = true) => ({ value, present })
    expect(groups([cell(1), cell('1'), cell(1), cell(null, false), cell({ a: 1 }), cell({ a: 1 })])).toEqual([0, 1, 0, -1, 2, 2])
    expect(valueText('••• (2)')).toBe('•••')
    expect(valueText('')).toBe('""')
    expect(valueText([1, 'a'])).toBe('[1,"a"]')
  })
})

describe('comparisons', () => {
  const named = (name: string, namespace: string | null = null) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace })
  const change = (path: string, before: unknown, after: unknown): FieldChange => ({
    path,
    action: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    oldPointer: null,
    newPointer: null,
    old: before ?? null,
    new: after ?? null,
    hidden: false,
    oldLocation: null,
    newLocation: null,
  })
  const object = (part: Partial<ObjectDiff>): ObjectDiff => ({ status: 'changed', old: named('web'), new: named('web'), risks: [], changes: [], texts: null, ...part })
  const diff = (...objects: ObjectDiff[]): DiffResult => ({
    ok: true, old: 'a', new: 'b', equal: false, objects, diagnostics: [],
    summary: { changed: 0, renamed: 0, added: 0, removed: 0, equal: 0, following: 0, ignored: 0 },
  })
  const shown = (rows: ReturnType<typeof compareRows>) =>
    rows.map(({ name, cells, fields }) => [name, cells.map(({ status }) => status), fields.map(({ path, sides }) => [path, sides.map(({ present, value }) => (present ? value : undefined))])])

  test('a field that one comparison does not name is as in the first environment', () => {
    const rows = compareRows([
      diff(object({ changes: [change('spec.replicas', 1, 2)] })),
      diff(object({ changes: [change('spec.replicas', 1, 3), change('spec.paused', undefined, true)] })),
    ])
    expect(shown(rows)).toEqual([['web', ['changed', 'changed'], [['spec.paused', [undefined, undefined, true]], ['spec.replicas', [1, 2, 3]]]]])
    expect(totals(rows)).toEqual({ changed: 1, added: 0, removed: 0 })
  })

  test('a mapping that came as a whole is taken apart where another comparison names its fields', () => {
    const rows = compareRows([
      diff(object({ changes: [change('metadata.annotations', { a: '1', 'b.c/d': '2' }, undefined)] })),
      diff(object({ changes: [change('metadata.annotations["b.c/d"]', '2', '3')] })),
    ])
    expect(shown(rows)).toEqual([
      ['web', ['changed', 'changed'], [['metadata.annotations.a', ['1', undefined, '1']], ['metadata.annotations["b.c/d"]', ['2', undefined, '3']]]],
    ])
  })

  test('objects that the first environment lacks are one row, whatever their namespaces', () => {
    const rows = compareRows([
      diff(object({ status: 'added', old: null, new: named('extra', 'staging') })),
      diff(object({ status: 'added', old: null, new: named('extra', 'production') }), object({ status: 'removed', old: named('web', 'dev'), new: null })),
    ])
    expect(rows.map(({ name, cells }) => [name, cells.map(({ status }) => status)])).toEqual([
      ['extra', ['added', 'added']],
      ['web', ['equal', 'removed']],
    ])
  })
})

describe('patches', () => {
  test('hold the lines that changed, with three around them', () => {
    const before = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join('')
    const after = before.replace('line 5\n', 'changed\nadded\n')
    expect(filePatch('a/b.yaml', before, after)).toBe(
      ['diff --git a/a/b.yaml b/a/b.yaml', '--- a/a/b.yaml', '+++ b/a/b.yaml', '@@ -3,7 +3,8 @@', ' line 2', ' line 3', ' line 4', '-line 5', '+changed', '+added', ' line 6', ' line 7', ' line 8', ''].join('\n'),
    )
    expect(filePatch('a', before, before)).toBe('')
  })

  test('know of files that came and went, and of a last line without an end', () => {
    expect(filePatch('n', null, 'x\n')).toContain('new file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n')
    expect(filePatch('n', 'x', null)).toContain('deleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n')
  })

  test('turn one text into the other, whatever they are', () => {
    let seed = 7
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below
    for (let run = 0; run < 300; run += 1) {
      const before = Array.from({ length: random(30) }, () => `${random(6)}\n`)
      const after = before.flatMap((line) => (random(5) === 0 ? [] : random(5) === 0 ? [line, `${random(6)}\n`] : [line]))
      expect(applied(before, filePatch('f', before.join(''), after.join('')))).toEqual(after)
    }
  })

  /** What `patch` does. */
  function applied(before: string[], patch: string): string[] {
    const out: string[] = []
    let at = 0
    for (const line of patch.split('\n')) {
      const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line)
      if (hunk !== null) {
        const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1)
        out.push(...before.slice(at, start))
        at = start
      } else if (/^(diff|---|\+\+\+|new|deleted)/.test(line) || line === '') continue
      else if (line.startsWith('+')) out.push(`${line.slice(1)}\n`)
      else {
        expect(before[at]).toBe(`${line.slice(1)}\n`)
        if (line.startsWith(' ')) out.push(before[at]!)
        at += 1
      }
    }
    return [...out, ...before.slice(at)]
  }
})

describe('Secrets', () => {
  test('covers are where a text differs from its redacted form', () => {
    const text = 'a: secret\nb: "p😀ss"\n'
    const ranges = masks(text, 'a: ••••••\nb: "••••"\n')
    expect(ranges.map(({ from, to }) => text.slice(from, to))).toEqual(['secret', 'p😀ss'])
    expect(replaced(text, ranges, 'redacted')).toBe('a: redacted\nb: "redacted"\n')
    expect(masks(text, text)).toEqual([])
    // Dots that were there before do not open a cover.
    expect(masks('a: ••• b', 'a: ••• b')).toEqual([])
  })
})

describe('links', () => {
  test('hold a project', async () => {
    const project = { name: 'shop', target: 'overlays/prod', files: { 'a.yaml': 'ä: 1\n'.repeat(500), 'b/c': '' } }
    const fragment = await pack(project)
    expect(isShared(fragment)).toBe(true)
    expect(fragment).toMatch(/^#project=[\w-]+$/)
    expect(fragment.length).toBeLessThan(200)
    expect(await unpack(fragment)).toEqual(project)
  })

  test('that hold something else are refused', async () => {
    await expect(unpack('#project=AAAA')).rejects.toThrow()
    await expect(unpack((await pack({ name: 'x', target: null, files: {} })).slice(0, -8))).rejects.toThrow()
    await expect(unpack(await pack({ name: 1, target: null, files: {} } as never))).rejects.toThrow('no project')
    expect(isShared('#example=dreamseed')).toBe(false)
  })
})

describe('images', () => {
  const use = (part: Partial<ImageUse>): ImageUse => ({
    object: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: null },
    resource: 'x', container: 'web', field: 'spec', image: 'shop/web:1', name: 'shop/web', tag: '1', digest: null, hidden: false, location: null, directive: null, ...part,
  })

  test('are rows by name, with what runs in each environment', () => {
    const rows = imageRows([[use({}), use({}), use({ tag: '2' })], [use({ hidden: true }), use({ name: 'db', tag: null, digest: 'sha256:0123456789abcdef' })]])
    expect(rows.map(({ name, cells }) => [name, cells.map((cell) => cell.map(({ label, count }) => `${label} ${count}`))])).toEqual([
      ['db', [[], ['@sha256:01234567… 1']]],
      ['shop/web', [['1 2', '2 1'], []]],
    ])
    expect(versionText({ tag: null, digest: null })).toBe('(no tag)')
  })

  test('a form says what to set', () => {
    expect(imageArgument({ name: 'web', newName: '', version: '' })).toBeNull()
    expect(imageArgument({ name: 'web', newName: '', version: ':1.2' })).toBe('web:1.2')
    expect(imageArgument({ name: 'web', newName: 'r/web', version: '' })).toBe('web=r/web')
    expect(imageArgument({ name: 'web', newName: 'r/web', version: `sha256:${'0'.repeat(64)}` })).toBe(`web=r/web@sha256:${'0'.repeat(64)}`)
    expect(imageArgument({ name: 'we b', newName: '', version: '1' })).toBeNull()
  })

  const text = 'images:\n  - name: shop/web\n    newTag: "1"  # keep\n  - name: a\n    newTag: v1\n\nnamespace: x\n'
  const place = (written: string) => {
    const from = text.indexOf(written)
    return { path: 'k', line: 1, column: 1, endLine: 1, endColumn: 1, from, to: from + written.length }
  }
  const directive = { field: 'images', index: 0, location: place('- name') }
  const made = (edit: ReturnType<typeof tagEdit>) => (edit === null ? null : text.slice(0, edit.from) + edit.insert + text.slice(edit.to))

  test('a tag is replaced where it stands, and stays a text', () => {
    const quoted = [use({ directive, location: place('"1"') })]
    expect(made(tagEdit(quoted, 'shop/web:2.0', 'k', text))).toBe(text.replace('"1"', '"2.0"'))
    const plain = [use({ name: 'a', tag: 'v1', directive, location: place('v1') })]
    expect(made(tagEdit(plain, 'a:v2', 'k', text))).toBe(text.replace('v1', 'v2'))
    expect(made(tagEdit(plain, 'a:2.0', 'k', text))).toBe(text.replace('v1', '"2.0"'))
    expect(made(tagEdit(plain, 'a:2.0.1', 'k', text))).toBe(text.replace('v1', '2.0.1'))
    expect(made(tagEdit(plain, 'a:on', 'k', text))).toBe(text.replace('v1', '"on"'))
    expect(tagEdit(plain, 'a:v2', 'elsewhere', text)).toBeNull()
    expect(tagEdit(plain, 'a=b:v2', 'k', text)).toBeNull()
    expect(tagEdit([use({ name: 'a', tag: 'v1', location: place('v1') })], 'a:v2', 'k', text)).toBeNull()
  })

  test('an entry is put behind the last one', () => {
    expect(made(entryEdit('db:16', text))).toBe(text.replace('    newTag: v1\n', '    newTag: v1\n  - name: db\n    newTag: "16"\n'))
    expect(entryEdit('db:16', 'images: [{name: a}]\n')).toBeNull()
    expect(entryEdit('db:16', 'resources:\n- a\n')).toBeNull()
  })
})
