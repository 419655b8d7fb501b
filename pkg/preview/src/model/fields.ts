// Values and fields of comparisons: how they are written, and which of them people ask for.

/** A value in one line. */
export function valueText(value: unknown): string {
  // What is hidden may have a word that tells equal values from others.
  if (typeof value === 'string' && value.startsWith('•••')) return '•••'
  if (value === null) return 'null'
  if (typeof value === 'string') return value === '' ? '""' : value
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

export type Topic = 'all' | 'replicas' | 'images' | 'resources' | 'hosts' | 'configuration'

export const TOPICS: { id: Topic; label: string }[] = [
  { id: 'all', label: 'All fields' },
  { id: 'replicas', label: 'Replicas' },
  { id: 'images', label: 'Images' },
  { id: 'resources', label: 'Requests and limits' },
  { id: 'hosts', label: 'Hosts' },
  { id: 'configuration', label: 'Configuration' },
]

const PATTERNS: Record<Exclude<Topic, 'all'>, RegExp> = {
  replicas: /(^|\.)(replicas|minReplicas|maxReplicas|minAvailable|maxUnavailable|averageUtilization)$/,
  images: /(^|\.)image$/,
  resources: /(^|\.)(resources\b.*|limits\b.*|requests\b.*|storage|hard\b.*)$/,
  hosts: /(^|\.)(host|hosts\b.*|hostname|hostnames\b.*|externalName|dnsNames\b.*|domains\b.*|server|tls\b.*)$/,
  configuration: /^(data|stringData|binaryData)(\.|\[|$)|(^|\.)env(\.|\[)/,
}

/** Whether a field is what a topic is about. */
export function isAbout(path: string, topic: Topic): boolean {
  return topic === 'all' || PATTERNS[topic].test(path)
}

/** What is the same in a row of values is the same number; what is not there is -1. */
export function groups(cells: { present: boolean; value: unknown }[]): number[] {
  const seen: string[] = []
  return cells.map(({ present, value }) => {
    if (!present) return -1
    const text = JSON.stringify(value)
    const at = seen.indexOf(text)
    return at >= 0 ? at : seen.push(text) - 1
  })
}
