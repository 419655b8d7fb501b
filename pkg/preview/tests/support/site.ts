// A static host for the built page, under a path of its own, with no headers that would help it.
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const BASE = '/somewhere/below/'
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

export class Site {
  /** Every path that was asked for. */
  readonly asked: string[] = []
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Site> {
    const site = new Site(createServer())
    site.server.on('request', (request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname
      site.asked.push(path)
      const name = normalize(path.slice(BASE.length) || 'index.html')
      if (!path.startsWith(BASE) || name.startsWith('..')) return void response.writeHead(404).end()
      readFile(join(DIST, name)).then(
        (bytes) => response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(bytes),
        () => response.writeHead(404).end(),
      )
    })
    await new Promise<void>((resolve) => site.server.listen(0, '127.0.0.1', resolve))
    return site
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${BASE}`
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
}
