import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { engine } from './build/engine.ts'
import { examples } from './build/examples.ts'
import { policy } from './build/policy.ts'
import { size } from './build/size.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const shared = [engine(path('../dist'))]

export default defineConfig({
  root: path('.'),
  // Relative addresses: the page may be served from any path.
  base: './',
  plugins: [examples(path('../../examples')), policy(), size(), ...shared],
  worker: { format: 'es', plugins: () => shared },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Everything is a file of its own: the policy allows no data in addresses but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
