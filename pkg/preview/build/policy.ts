// What the page may do, written into it when it is built. The server of vite needs more, so it goes without.
import type { Plugin } from 'vite'

/**
 * No connection to anything, this page's own server included: what it needs are scripts and styles, and these are loaded
 * as such. `blob:` is for the worker, which is started so that it has this policy, too.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export function policy(): Plugin {
  return {
    name: 'policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => ({
        html,
        tags: [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' }],
      }),
    },
  }
}
