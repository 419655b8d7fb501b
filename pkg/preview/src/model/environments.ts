// Which kustomizations are environments, and what they are called.
import type { Kustomization } from 'rustomize'

export interface Environment {
  path: string
  /** As short as it can be without being mistaken for another. */
  label: string
  /** The directory it is in, without what all have in common. */
  place: string
}

/** Labels: the last part of the path, and as many before it as it takes to tell all apart. */
export function environments(paths: string[]): Environment[] {
  const parts = paths.map((path) => path.split('/'))
  const shared = sharedStart(parts)
  return paths.map((path, at) => {
    const own = parts[at]!
    let length = 1
    while (length < own.length && parts.some((other, index) => index !== at && sameEnd(own, other, length))) length += 1
    return { path, label: own.slice(-length).join('/'), place: own.slice(shared, -length).join('/') }
  })
}

/** How many directories all paths begin with. */
function sharedStart(parts: string[][]): number {
  const first = parts[0] ?? []
  let length = 0
  while (length < first.length - 1 && parts.every((other) => length < other.length - 1 && other[length] === first[length])) length += 1
  return length
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

/** While a file cannot be understood, what it included before is no environment because of that. */
export function keepParts(before: Kustomization[], now: Kustomization[]): Kustomization[] {
  const broken = new Set(now.filter(({ kind }) => kind === null).map(({ path }) => path))
  if (broken.size === 0) return now
  const users = new Map(before.filter(({ isRoot }) => !isRoot).map(({ path, includedBy }) => [path, includedBy]))
  return now.map((each) => {
    const lost = each.isRoot ? (users.get(each.path) ?? []).filter((path) => broken.has(path)) : []
    return lost.length === 0 ? each : { ...each, isRoot: false, includedBy: [...each.includedBy, ...lost] }
  })
}
