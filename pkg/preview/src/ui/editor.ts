// The editor: CodeMirror with YAML, the build's diagnostics, and covers over values of Secrets. Loaded when a file is shown.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state'
import {
  Decoration,
  EditorView,
  WidgetType,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Range } from '../model/masks'

export interface Problem {
  from: number
  to: number
  severity: 'error' | 'warning'
  message: string
  help: string[]
}

class Cover extends WidgetType {
  override eq(): boolean {
    return true
  }
  override toDOM(): HTMLElement {
    const cover = document.createElement('span')
    cover.className = 'cm-cover'
    cover.textContent = '•••'
    cover.title = 'A value of a Secret, hidden'
    return cover
  }
}

const cover = Decoration.replace({ widget: new Cover() })
const setCovers = StateEffect.define<Range[]>()

const covers = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, transaction) {
    let now = set.map(transaction.changes)
    for (const effect of transaction.effects) {
      if (effect.is(setCovers)) now = Decoration.set(effect.value.map(({ from, to }) => cover.range(from, to)))
    }
    return now
  },
  provide: (field) => [
    EditorView.decorations.from(field),
    EditorView.atomicRanges.of((view) => view.state.field(field)),
    // What is covered is not copied either.
    EditorView.clipboardOutputFilter.of((text, state) => copied(text, state, field)),
  ],
})

function copied(text: string, state: EditorState, field: StateField<DecorationSet>): string {
  const set = state.field(field)
  if (set.size === 0) return text
  const selected = state.selection.ranges.filter((range) => !range.empty)
  const parts = selected.length > 0 ? selected : [state.doc.lineAt(state.selection.main.head)]
  return parts
    .map(({ from, to }) => {
      let out = ''
      let at = from
      set.between(from, to, (start, end) => {
        out += state.sliceDoc(at, Math.max(at, start)) + '•••'
        at = Math.min(to, end)
      })
      return out + state.sliceDoc(at, to)
    })
    .join('\n')
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.content], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--code-comment)' },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: 'var(--code-mark)' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--code-word)' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--code-size)', color: 'var(--text)', backgroundColor: 'var(--panel)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: 'var(--code-line)', overscrollBehavior: 'contain' },
  '.cm-content': { caretColor: 'var(--accent)', paddingBlock: '8px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 10px 0 12px', minWidth: '36px' },
  '.cm-activeLine': { backgroundColor: 'var(--line-now)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--line-now)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--match)' },
  '.cm-lintRange': { backgroundImage: 'none', textDecorationLine: 'underline', textDecorationStyle: 'wavy', textUnderlineOffset: '3px', textDecorationSkipInk: 'none' },
  '.cm-lintRange-error': { textDecorationColor: 'var(--error)', backgroundImage: 'none' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--warning)', backgroundImage: 'none' },
  '.cm-lintPoint::after': { borderBottomColor: 'var(--error)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--border-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
    maxWidth: 'min(520px, 90vw)',
  },
  '.cm-diagnostic': { fontFamily: 'var(--sans)', fontSize: '13px', lineHeight: '18px', padding: '6px 10px', borderLeft: '3px solid var(--error)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warning)' },
  '.cm-help': { color: 'var(--muted)', marginTop: '4px' },
  '.cm-cover': { color: 'var(--muted)', backgroundColor: 'var(--sunken)', borderRadius: '3px', padding: '0 4px', letterSpacing: '1px' },
  '.cm-reveal': { backgroundColor: 'var(--reveal)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', fontFamily: 'var(--sans)', borderColor: 'var(--border)' },
  '.cm-panel.cm-search': { padding: '8px 12px', fontSize: '12px' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { fontSize: '12px', fontFamily: 'var(--sans)', margin: '2px 6px 2px 0' },
  '.cm-panel.cm-search [name=close]': { fontSize: '16px', top: '4px', right: '8px' },
  '.cm-textfield': { backgroundColor: 'var(--panel)', borderColor: 'var(--border-strong)', color: 'var(--text)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--sunken)', borderColor: 'var(--border-strong)', color: 'var(--text)' },
})

const setRevealed = StateEffect.define<number | null>()
const revealedLine = Decoration.line({ class: 'cm-reveal' })
const revealed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, transaction) {
    let now = transaction.docChanged ? Decoration.none : set
    for (const effect of transaction.effects) {
      if (effect.is(setRevealed)) now = effect.value === null ? Decoration.none : Decoration.set(revealedLine.range(effect.value))
    }
    return now
  },
  provide: (field) => EditorView.decorations.from(field),
})

export class SourceEditor {
  #view: EditorView
  #label = new Compartment()
  #states = new Map<string, EditorState>()
  #path: string | null = null
  #onChange: (path: string, text: string) => void
  #quiet = false

  constructor(host: HTMLElement, onChange: (path: string, text: string) => void) {
    this.#onChange = onChange
    // In a shadow root the editor's styles are sheets made by script, for which the page's policy needs no exception.
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
    this.#view = new EditorView({ parent: root, root, state: EditorState.create() })
  }

  /** Shows a file. What was undone and redone in it before is kept. */
  show(path: string, text: string, ranges: Range[]): void {
    if (this.#path === path) {
      this.#replace(text)
    } else {
      if (this.#path !== null) this.#states.set(this.#path, this.#view.state)
      this.#path = path
      const kept = this.#states.get(path)
      this.#view.setState(kept ?? EditorState.create({ doc: text, extensions: this.#extensions(path) }))
      if (kept !== undefined) this.#replace(text)
    }
    this.cover(ranges)
  }

  get path(): string | null {
    return this.#path
  }

  /** Forgets all files. */
  reset(): void {
    this.#states.clear()
    this.#path = null
    this.#view.setState(EditorState.create())
  }

  cover(ranges: Range[]): void {
    const { length } = this.#view.state.doc
    this.#view.dispatch({ effects: setCovers.of(ranges.filter(({ from, to }) => from < to && to <= length)) })
  }

  mark(problems: Problem[]): void {
    const { length } = this.#view.state.doc
    const marks = problems.map(
      ({ from, to, severity, message, help }): Mark => ({
        from: Math.min(from, length),
        to: Math.min(Math.max(to, from), length),
        severity,
        message,
        renderMessage: () => {
          const text = document.createElement('div')
          text.textContent = message
          for (const line of help) text.append(Object.assign(document.createElement('div'), { className: 'cm-help', textContent: line }))
          return text
        },
      }),
    )
    this.#view.dispatch(setDiagnostics(this.#view.state, marks))
  }

  reveal(line: number, column: number, focus: boolean): void {
    const { doc } = this.#view.state
    const at = doc.line(Math.max(1, Math.min(line, doc.lines)))
    const position = Math.min(at.to, at.from + Math.max(0, column - 1))
    this.#view.dispatch({
      selection: { anchor: position },
      effects: [EditorView.scrollIntoView(position, { y: 'center' }), setRevealed.of(at.from)],
    })
    if (focus) this.#view.focus()
  }

  #replace(text: string): void {
    const now = this.#view.state.doc.toString()
    if (now === text) return
    let from = 0
    while (from < now.length && from < text.length && now[from] === text[from]) from += 1
    let end = 0
    while (end < now.length - from && end < text.length - from && now.at(-1 - end) === text.at(-1 - end)) end += 1
    this.#quiet = true
    this.#view.dispatch({ changes: { from, to: now.length - end, insert: text.slice(from, text.length - end) } })
    this.#quiet = false
  }

  #extensions(path: string): Extension {
    return [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      bracketMatching(),
      indentOnInput(),
      highlightSelectionMatches(),
      indentUnit.of('  '),
      EditorState.tabSize.of(2),
      ...(/\.(ya?ml|json)$/.test(path) || /(^|\/)Kustomization$/.test(path) ? [yaml()] : []),
      syntaxHighlighting(colours),
      look,
      covers,
      revealed,
      this.#label.of(EditorView.contentAttributes.of({ 'aria-label': `Source of ${path}`, spellcheck: 'false', tabindex: '0' })),
      keymap.of([...searchKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !this.#quiet) this.#onChange(path, update.state.doc.toString())
      }),
    ]
  }
}
