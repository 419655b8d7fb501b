// A project in an address.
import { expect, test } from './support/fixtures'
import { SHOP, many } from './support/projects'

test('what is shared opens as it was, edits included', async ({ app, page, folder, site, context }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('production')
  await app.kind('Deployment')
  await app.file('overlays/production/kustomization.yaml')
  await app.replace('replicas: 5', 'replicas: 9')
  await expect(app.line('replicas: 9')).toBeVisible()
  await page.getByRole('button', { name: 'Share by link' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Values of Secrets are left out')
  const address = await app.copied(() => dialog.getByRole('button', { name: 'Copy link' }).click())
  expect(address.startsWith(`${site.url}#`)).toBe(true)

  const asked = site.asked.length
  const other = await context.newPage()
  await other.goto(address)
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('shop')
  await expect(other.locator('.status-now')).toContainText(/production.* · 6 objects/)
  await other.getByRole('combobox', { name: 'Kind' }).selectOption('Deployment')
  await expect(other.getByRole('option').filter({ hasText: 'replicas: 9' })).toBeVisible()
  // The part behind # never reaches the host.
  expect(site.asked.slice(asked).join('\n')).not.toContain('project')
})

test('what is too long for an address is said to be', async ({ app, page, folder }) => {
  await app.openFolder(folder(many(3000)).path)
  await page.getByRole('button', { name: 'Share by link' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('radio')).not.toHaveCount(0)
  await expect(dialog).toContainText(/of at most 64 kB/)
})

test('an address that was cut off is refused in words', async ({ page, site }) => {
  await page.goto(`${site.url}#project=q1YqS8wpTVWyUipLLSrOzM9TqgUA`)
  await expect(page.locator('.notice.error')).toContainText('damaged or cut off')
})
