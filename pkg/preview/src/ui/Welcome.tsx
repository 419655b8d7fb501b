// The page before a project is open.
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import examples from 'virtual:examples'
import { folder as served, live, openFolder } from '../live/state'
import { count } from '../model/content'
import { openExample, openFileList } from '../state/opening'
import { Icon } from './icons'

export function Welcome(): JSX.Element {
  return (
    <main class="welcome">
      <div class="welcome-box">
        <h1>See what every overlay renders, before anyone applies it</h1>
        <p class="welcome-lead">
          Open a directory with kustomizations. Every environment is rendered here, in this tab, byte for byte like <code>kustomize build</code>: edit a file
          and watch the result, lay environments side by side, and ask any line where it comes from.
        </p>
        <div class="drop">
          <Icon name="folder" size={24} />
          <p>
            <strong>Drop a folder or a zip here</strong>
            <span>or choose one</span>
          </p>
          <OpenButtons />
        </div>
        {served.value !== null && (
          <p class="welcome-served">
            <button type="button" class="button" onClick={() => void openFolder()}>
              <Icon name="folder" /> Open {served.value} as it is on the disk
            </button>
          </p>
        )}
        <section aria-labelledby="examples-title">
          <h2 id="examples-title">Or start with an example system</h2>
          <ul class="examples">
            {examples.map((example) => (
              <li key={example.id}>
                <button type="button" onClick={() => openExample(example)} aria-label={`Open the example ${example.title} ${example.about} ${count(example.files, 'file')}`}>
                  <span class="example-title">{example.title}</span>{' '}
                  <span class="example-about">{example.about}</span>{' '}
                  <span class="example-files">{count(example.files, 'file')}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <p class="welcome-safe">
          <Icon name="lock" size={14} />
          <span>
            {live.value === null
              ? 'Nothing is uploaded. The page’s security policy forbids it to connect to anything, this server included; values of Secrets are hidden until you ask for them.'
              : 'Nothing leaves this machine, and nothing is written: the page asks the program that serves it for the folder, and nobody else. Values of Secrets are hidden until you ask for them.'}
          </span>
        </p>
      </div>
    </main>
  )
}

/** Buttons with the inputs behind them. */
function OpenButtons(): JSX.Element {
  const folder = useRef<HTMLInputElement>(null)
  const zip = useRef<HTMLInputElement>(null)
  return (
    <div class="drop-buttons">
      <button type="button" class="button accent" onClick={() => folder.current?.click()}>
        Open folder
      </button>
      <button type="button" class="button" onClick={() => zip.current?.click()}>
        Open zip
      </button>
      <Inputs folder={folder} zip={zip} />
    </div>
  )
}

/** The browser's own pickers, which nobody sees. */
export function Inputs({ folder, zip }: { folder: { current: HTMLInputElement | null }; zip: { current: HTMLInputElement | null } }): JSX.Element {
  const taken = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])]
    input.value = ''
    if (files.length > 0) void openFileList(files)
  }
  return (
    <>
      <input ref={folder} id="open-folder" type="file" {...{ webkitdirectory: true }} hidden aria-label="Folder" onChange={(event) => taken(event.currentTarget)} />
      <input ref={zip} id="open-zip" type="file" accept=".zip,application/zip" hidden aria-label="Zip" onChange={(event) => taken(event.currentTarget)} />
    </>
  )
}
