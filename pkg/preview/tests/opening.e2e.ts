// Ways in: examples, a folder, a zip, dropped or picked.
import { join } from 'node:path'
import { expect, test } from './support/fixtures'
import { SHOP } from './support/projects'
import { zip } from './support/zip'

/** The examples, with the environments that need a program, which no browser has. */
const EXAMPLES: Record<string, string[]> = { dreamseed: [], b2connect: ['helm'], cloudretail: [], micropay: ['helm'], 'mini-visa': [] }

for (const [name, programs] of Object.entries(EXAMPLES)) {
  test(`the example ${name} opens, and its environments render`, async ({ app, page }) => {
    await app.openExample(name)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
    const choice = page.getByRole('combobox', { name: 'Environment' })
    const options = await choice.locator('option').allTextContents()
    test.info().annotations.push({ type: 'environments', description: options.join(', ') })
    expect(options.length).toBeGreaterThanOrEqual(2)
    for (const option of options) {
      await choice.selectOption({ label: option })
      if (programs.includes(option)) {
        await expect(app.status).toContainText(`${option} cannot be rendered`)
        await expect(page.getByRole('region', { name: 'Problems' })).toContainText('--enable-helm')
        continue
      }
      await expect(app.status).toContainText(new RegExp(`${option.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.* · \\d+ objects?`))
      await expect(app.lines.getByRole('option').first()).toBeVisible()
    }
    await expect(page).toHaveURL(new RegExp(`#example=${name}$`))
    await page.reload()
    await app.ready()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  })
}

test('a folder is picked', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await expect(page.getByRole('treeitem', { name: 'README.md' })).toBeVisible()
  await expect(app.status).toContainText('· 6 objects ·')
})

test('a folder is dropped, without what is no part of it', async ({ app, page, folder }) => {
  const { path } = folder({ ...SHOP, '.git/config': 'x', 'node_modules/a/package.json': '{}' })
  await app.drop(path)
  await app.ready()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await expect(app.status).toContainText('· 6 objects ·')
  await expect(page.getByRole('treeitem', { name: 'base', exact: true })).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /git|node_modules/ })).toHaveCount(0)
})

test('a zip is dropped, and another one picked', async ({ app, page, folder }) => {
  const inside = Object.fromEntries(Object.entries(SHOP).map(([path, text]) => [`top/${path}`, text]))
  const { path } = folder({ 'shop.zip': zip(inside), 'other.zip': zip({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: only\n' }) })
  await app.drop(join(path, 'shop.zip'))
  await app.ready()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await expect(app.status).toContainText('· 6 objects ·')
  await page.locator('#open-zip').setInputFiles(join(path, 'other.zip'))
  await expect(app.status).toContainText('· 1 object ·')
  await expect(app.line('name: only')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('other')
})

test('what is no zip is refused in words', async ({ app, page, folder }) => {
  const { path } = folder({ 'broken.zip': 'PK no more' })
  await app.drop(join(path, 'broken.zip'))
  await expect(page.locator('.notice.error')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Open the example dreamseed' })).toBeVisible()
})

test('reading a folder is cancelled, and what was open stays', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  // Every file takes its time, as on a slow disk.
  await page.evaluate(() => {
    const read = Blob.prototype.arrayBuffer
    Blob.prototype.arrayBuffer = async function () {
      await new Promise((resolve) => setTimeout(resolve, 40))
      return read.call(this)
    }
  })
  const large = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`file-${at}.yaml`, 'a: 1\n']))
  await page.locator('#open-folder').setInputFiles(folder(large, 'large').path)
  const reading = page.getByRole('alertdialog', { name: 'Reading the folder' })
  await expect(reading).toContainText(/\d+ of 30\d files/)
  await reading.getByRole('button', { name: 'Cancel' }).click()
  await expect(reading).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await expect(app.status).toContainText('· 6 objects ·')
  await app.environment('staging')
})

test('a rendering that takes long is cancelled, and begun again', async ({ app, page, folder }) => {
  // The worker does not hear of it, which to the page is the same as an engine that is busy.
  await page.evaluate(() => {
    const post = Worker.prototype.postMessage as (this: Worker, message: unknown) => void
    Worker.prototype.postMessage = function (this: Worker, message: { operation: string }) {
      if (message.operation !== 'build') post.call(this, message)
    } as typeof Worker.prototype.postMessage
    Object.assign(window, { letThrough: () => (Worker.prototype.postMessage = post as typeof Worker.prototype.postMessage) })
  })
  await page.locator('#open-folder').setInputFiles(folder(SHOP).path)
  const status = page.locator('.status-now')
  await status.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Rendering was cancelled')).toBeVisible()
  await page.evaluate(() => (window as unknown as { letThrough(): void }).letThrough())
  await status.getByRole('button', { name: 'Render' }).click()
  await app.ready()
  await expect(app.status).toContainText('· 6 objects ·')
})
