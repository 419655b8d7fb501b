// What every test has: the page on a static host, and a watch over what it asks for and complains about.
import { expect, test as base, type CDPSession, type Page } from '@playwright/test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Site } from './site'

export { expect }

/** Files by path. */
export type Files = Record<string, string | Uint8Array>

interface Folder {
  path: string
  write(path: string, content: string | Uint8Array): void
  remove(path: string): void
}

interface Fixtures {
  /** Addresses outside the site that the page asked for, and its complaints; both must stay empty. */
  watch: { foreign: string[]; complaints: string[] }
  /** Makes a folder on the disk, named as wished. */
  folder: (files: Files, name?: string) => Folder
  app: App
}

export const test = base.extend<Fixtures, { site: Site }>({
  site: [
    async ({}, use) => {
      const site = await Site.start()
      await use(site)
      site.stop()
    },
    { scope: 'worker' },
  ],

  watch: [
    async ({ context }, use) => {
      const watch: Fixtures['watch'] = { foreign: [], complaints: [] }
      const isOwn = (url: URL) => url.hostname === '127.0.0.1' || ['blob:', 'data:'].includes(url.protocol)
      await context.route(
        (url) => !isOwn(url),
        (route) => {
          watch.foreign.push(route.request().url())
          return route.abort()
        },
      )
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') watch.complaints.push(message.text())
      })
      context.on('weberror', (error) => void watch.complaints.push(String(error.error())))
      await use(watch)
      expect(watch.foreign, 'the page asked somebody else').toEqual([])
      expect(watch.complaints, 'the browser complained').toEqual([])
    },
    { auto: true },
  ],

  folder: async ({}, use) => {
    const made: string[] = []
    await use((files, name = 'shop') => {
      const top = mkdtempSync(join(tmpdir(), 'rustomize-page-'))
      made.push(top)
      const path = join(top, name)
      mkdirSync(path)
      const write: Folder['write'] = (file, content) => {
        mkdirSync(dirname(join(path, file)), { recursive: true })
        writeFileSync(join(path, file), content)
      }
      for (const [file, content] of Object.entries(files)) write(file, content)
      return { path, write, remove: (file) => rmSync(join(path, file), { recursive: true }) }
    })
    for (const path of made) rmSync(path, { recursive: true, force: true })
  },

  app: async ({ page, site }, use) => {
    await page.goto(site.url)
    await use(new App(page))
  },
})

/** The page, as people use it. */
export class App {
  constructor(readonly page: Page) {}

  get lines() {
    return this.page.getByRole('listbox', { name: 'Rendered manifests' })
  }

  /** The lines that contain a text, of those that are in view. */
  line(text: string | RegExp) {
    return this.lines.getByRole('option').filter({ hasText: text })
  }

  get editor() {
    return this.page.locator('.cm-content')
  }

  get status() {
    return this.page.locator('.status-now')
  }

  /** Opens an example from the first view. */
  async openExample(name: string): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name: `Open the example ${name}` }).click()
    await this.ready()
  }

  /** Opens a folder by the picker. */
  async openFolder(path: string): Promise<void> {
    await this.page.locator('#open-folder').setInputFiles(path)
    await this.ready()
  }

  /** Waits until an environment is rendered. */
  async ready(): Promise<void> {
    await expect(this.status).toContainText(/\d+ objects?/)
    await expect(this.lines.getByRole('option').first()).toBeVisible()
  }

  /** Shows the objects of a kind only: lines that are not in view are not there. */
  async kind(name: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Kind' }).selectOption(name)
    await expect(this.line(`kind: ${name}`).first()).toBeVisible()
  }

  async view(name: 'Rendered' | 'Compare' | 'Matrix' | 'Images'): Promise<void> {
    await this.page.getByRole('tab', { name }).click()
  }

  async environment(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Project' }).getByRole('button', { name: new RegExp(`^${name}`) }).click()
    await expect(this.status).toContainText(name)
  }

  /** Shows a file in the editor. */
  async file(path: string): Promise<void> {
    const tree = this.page.getByRole('tree')
    const parts = path.split('/')
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const row = tree.locator(`[title="${parts.slice(0, depth).join('/')}"]`)
      if (depth < parts.length && (await row.getAttribute('aria-expanded')) === 'true') continue
      await row.click()
    }
    await expect(this.page.locator('.source-head')).toContainText(parts.at(-1)!)
    await expect(this.editor).toBeVisible()
  }

  /** Replaces a text in the editor by typing over it. */
  async replace(from: string, to: string): Promise<void> {
    await this.select(from)
    await this.page.keyboard.type(to)
  }

  /** Selects a text in the editor, with the mouse's means: a range, as the browser knows it. */
  private async select(text: string): Promise<void> {
    await this.editor.focus()
    const found = await this.editor.evaluate((root, text) => {
      for (const line of root.querySelectorAll('.cm-line')) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
        const at = (line.textContent ?? '').indexOf(text)
        if (at < 0) continue
        const range = document.createRange()
        let passed = 0
        let isBegun = false
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const length = node.textContent?.length ?? 0
          if (!isBegun && at < passed + length) {
            range.setStart(node, at - passed)
            isBegun = true
          }
          if (isBegun && at + text.length <= passed + length) {
            range.setEnd(node, at + text.length - passed)
            getSelection()?.removeAllRanges()
            getSelection()?.addRange(range)
            return true
          }
          passed += length
        }
      }
      return false
    }, text)
    expect(found, `${text} is in view in the editor`).toBe(true)
    // The editor takes the selection over when the browser tells it.
    await this.page.waitForTimeout(100)
  }

  /** Drops files or directories of the disk on the page. */
  async drop(...paths: string[]): Promise<void> {
    const session: CDPSession = await this.page.context().newCDPSession(this.page)
    const data = { items: [], files: paths, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data })
    }
    await session.detach()
  }

  /** Chooses from a menu in the bar. */
  async choose(menu: string, item: string | RegExp): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: menu, exact: true }).click()
    await this.page.getByRole('menuitem', { name: item }).click()
  }

  /** What a menu's action downloads. */
  async download(item: string | RegExp): Promise<{ name: string; bytes: Buffer }> {
    const begun = this.page.waitForEvent('download')
    await this.choose('Export', item)
    const download = await begun
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
  }

  /** What a menu's action puts on the clipboard. */
  async copied(act: () => Promise<void>): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await this.page.evaluate(() => navigator.clipboard.writeText(''))
    await act()
    await expect.poll(() => this.page.evaluate(() => navigator.clipboard.readText())).not.toBe('')
    return this.page.evaluate(() => navigator.clipboard.readText())
  }

  /** Everything the page holds as text: what is shown, titles, values of fields. */
  async everything(): Promise<string> {
    return this.page.evaluate(() => {
      const fields = [...document.querySelectorAll<HTMLInputElement>('input, select, textarea')].map(({ value }) => value)
      return [document.documentElement.outerHTML, ...fields].join('\n')
    })
  }
}
