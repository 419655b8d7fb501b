// Which kustomizations are environments, and what they are called.
import type { Kustomization } from 'rustomize'

export interface Environment {
  path: string
  /** As short as it can be without being mistaken for another. */
  label: string
  /** The directory it is in, for those that want to know. */
  place: string
}

/** Labels: the last part of the path, and as many before it as it takes to tell all apart. */
export function environments(paths: string[]): Environment[] {
  const parts = paths.map((path) => path.split('/'))
  return paths.map((path, at) => {
    const own = parts[at]!
    let length = 1
    while (length < own.length && parts.some((other, index) => index !== at && sameEnd(own, other, length))) length += 1
    return { path, label: own.slice(-length).join('/'), place: own.slice(0, -length).join('/') }
  })
}

function sameEnd(one: string[], other: string[], length: number): boolean {
  return one.slice(-length).join('/') === other.slice(-length).join('/')
}

const USUAL = ['dev', 'development', 'test', 'testing', 'qa', 'integration', 'staging', 'stage', 'preprod', 'uat', 'prod', 'production']

/** From the desk to the customer, where the names are usual; all others behind them, by name. */
export function inOrder(paths: string[]): string[] {
  const rank = (path: string) => {
    const at = USUAL.indexOf(path.split('/').at(-1)!.toLowerCase())
    return at < 0 ? USUAL.length : at
  }
  return [...paths].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
}

/** What is to be rendered first, and compared: what lies in a directory of overlays, or whatever there is. */
export function choice(kustomizations: Kustomization[]): { target: string | null; compared: string[] } {
  const roots = inOrder(kustomizations.filter(({ isRoot }) => isRoot).map(({ path }) => path))
  const usual = roots.filter((path) => USUAL.includes(path.split('/').at(-1)!.toLowerCase()))
  const likely = usual.length >= 2 ? usual : roots.filter((path) => /(^|\/)(overlays|environments|envs|clusters)\//.test(path))
  const among = likely.length > 0 ? likely : roots
  const target = among.find((path) => /prod(uction)?$/.test(path)) ?? among[0] ?? kustomizations[0]?.path ?? null
  return { target, compared: among.length >= 2 ? among.slice(0, 4) : [] }
}
