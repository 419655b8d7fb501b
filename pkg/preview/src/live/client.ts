// Follows the folder that `rustomize preview` serves. What the server says is described in src/cli/preview/mod.rs.
// Knows nothing of the page: what comes is handed on.

/** What the server tells: all text files of the folder, or those that changed. */
export interface Told {
  name: string
  revision: number
  /** Whether `files` are all there are. */
  complete: boolean
  files: Record<string, string>
  removed: string[]
  /** Why a path is not among them: `binary`, `too-large`, `too-much`, `link`, `no-file`, `unreadable`. */
  leftOut: Record<string, string>
}

export interface Follower {
  /** Takes what is new; the first time, everything. */
  take(told: Told): Promise<void> | void
  /** Says whether the server is there. */
  connected(is: boolean): void
}

/** Whether the page came from `rustomize preview`, whose copy of it says so. */
export function isServed(page: Document = document): boolean {
  return page.querySelector('meta[name="rustomize-live"]') !== null
}

/** What of the browser is used; tests have their own. */
export interface Surroundings {
  fetch(url: string): Promise<Pick<Response, 'ok' | 'json'>>
  events(url: string): EventSource
  later(milliseconds: number, run: () => void): void
}

const browser: Surroundings = {
  fetch: (url) => fetch(url, { cache: 'no-store' }),
  events: (url) => new EventSource(url),
  later: (milliseconds, run) => void setTimeout(run, milliseconds),
}

const AGAIN = 2000

/** Follows the folder for as long as the page is open. */
export function follow(follower: Follower, { fetch, events, later }: Surroundings = browser): void {
  let known = 0
  let wanted = 0
  let asking = false

  // One question at a time: what changes meanwhile is asked for afterwards, together.
  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      while (known !== wanted) {
        const response = await fetch(known === 0 ? 'project.json' : `project.json?since=${known}`)
        if (!response.ok) throw new Error('the server has no such project')
        const told = (await response.json()) as Told
        await follower.take(told)
        known = told.revision
        wanted = Math.max(wanted, known)
        follower.connected(true)
      }
    } catch {
      follower.connected(false)
      later(AGAIN, () => void ask())
    } finally {
      asking = false
    }
  }

  function listen(): void {
    const source = events('events')
    source.onmessage = ({ data }: MessageEvent<string>) => {
      follower.connected(true)
      wanted = (JSON.parse(data) as { revision: number }).revision
      void ask()
    }
    source.onerror = () => {
      follower.connected(false)
      // A connection that broke is tried again by the browser; an answer that was no stream is not.
      if (source.readyState === source.CLOSED) later(AGAIN, listen)
    }
  }
  listen()
}
