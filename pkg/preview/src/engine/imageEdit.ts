// The smallest edit that sets the tag of an image. `set image` sorts the whole list, as kustomize does; another tag in the
// place of the one that is there, or an entry behind the last one, often does the same, and a reader sees only what matters.
import type { EditResult, ImageUse, Project, TextEdit } from 'rustomize'

/** Takes the place of an edit, if what is rendered is the same. */
export function smallest(project: Project, target: string, argument: string, planned: EditResult): EditResult {
  const file = planned.files[0]
  if (!planned.ok || file === undefined || planned.files.length !== 1) return planned
  const text = project.read(file.path)
  const edit = text === undefined ? null : (tagEdit(project.images(target).images, argument, file.path, text) ?? entryEdit(argument, text))
  if (text === undefined || edit === null) return planned
  const edited = text.slice(0, edit.from) + edit.insert + text.slice(edit.to)
  const one = project.clone()
  const other = project.clone()
  try {
    one.apply(planned)
    other.set(file.path, edited)
    const diff = one.diff(target, { project: other, target }, { generated: true, showSecrets: true })
    return diff.ok && diff.equal ? { ...planned, files: [{ path: file.path, edits: [edit], text: edited }] } : planned
  } finally {
    one.free()
    other.free()
  }
}

/** The tag where the file writes it, replaced; `null` if it does not, or if more is to be changed. */
export function tagEdit(uses: ImageUse[], argument: string, path: string, text: string): TextEdit | null {
  const match = /^([^=@]+):([\w][\w.-]*)$/.exec(argument)
  if (match === null) return null
  const [, name, tag] = match as unknown as [string, string, string]
  const use = uses.find(({ name: own, directive, location }) => own === name && directive?.field === 'images' && location?.path === path)
  const { from, to } = use?.location ?? { from: null, to: null }
  if (use?.tag == null || from == null || to == null) return null
  const written = text.slice(from, to)
  const quote = /^(["']).*\1$/.exec(written)?.[1] ?? ''
  if (written !== quote + use.tag + quote) return null
  // What is not plainly a word could be read as a number, a date or a truth value.
  const insert = quote !== '' ? quote + tag + quote : isWord(tag) ? tag : `"${tag}"`
  return { from, to, insert }
}

/** An entry behind the last one of the list, indented like it; `null` if there is no list that is plainly written. */
export function entryEdit(argument: string, text: string): TextEdit | null {
  const match = /^([^=@]+):([\w][\w.-]*)$/.exec(argument)
  const list = /^images:[ \t]*\n((?:[ \t]*- .*\n(?:[ \t]+[^\s#-].*\n)*)+)/m.exec(text)
  if (match === null || list === null) return null
  const [, name, tag] = match as unknown as [string, string, string]
  const indent = /^[ \t]*/.exec(list[1]!)![0]
  const at = list.index + list[0].length
  return { from: at, to: at, insert: `${indent}- name: ${name}\n${indent}  newTag: ${isWord(tag) ? tag : `"${tag}"`}\n` }
}

/** Whether YAML takes it for a text as it stands. */
function isWord(tag: string): boolean {
  if (/^(y|n|yes|no|on|off|true|false|null)$/i.test(tag)) return false
  const hasLetters = /^[A-Za-z][\w.-]*$/.test(tag)
  const isVersion = /^\d+\.\d+\.\d+[\w.-]*$/.test(tag)
  const isHash = /^[0-9a-f]{12,}$/.test(tag) && /[a-df]/.test(tag)
  return hasLetters || isVersion || isHash
}
