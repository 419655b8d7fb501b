declare module 'virtual:engine-wasm' {
  /** The module, compressed by gzip, in base64. */
  const packed: string
  export default packed
}

declare module 'virtual:tools-wasm' {
  const packed: string
  export default packed
}

declare module 'virtual:examples' {
  export interface Example {
    id: string
    title: string
    about: string
    /** How many files it has. */
    files: number
    load(): Promise<{ default: Record<string, string> }>
  }
  const examples: Example[]
  export default examples
}
