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
