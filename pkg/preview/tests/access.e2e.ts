// axe, over every view, in light and dark, wide and narrow.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test, type App } from './support/fixtures'
import { SHOP } from './support/projects'

async function check(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const told = violations.map(({ id, help, nodes }) => `${where}: ${id}: ${help}\n${nodes.slice(0, 3).map(({ html }) => `  ${html.slice(0, 200)}`).join('\n')}`)
  expect(told.join('\n')).toBe('')
}

/** On a narrow screen one pane is shown at a time. */
async function pane(app: App, name: 'Project' | 'Source' | 'Result'): Promise<void> {
  const tab = app.page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name })
  if (await tab.isVisible()) await tab.click()
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [[1280, 800], [360, 740]] as const) {
    test(`no violations, ${colorScheme}, ${width} px`, async ({ page, site, folder }) => {
      // Every view is looked over whole.
      test.slow()
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height })
      await page.goto(site.url)
      const { App: Of } = await import('./support/fixtures')
      const app = new Of(page)
      await expect(page.getByRole('button', { name: 'Open the example dreamseed' })).toBeVisible()
      await check(page, 'first view')
      await app.openFolder(folder(SHOP).path)
      // Nothing is wider than the screen.
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      await app.line('name:').first().click()
      await expect(page.locator('.steps')).toBeVisible()
      await page.locator('.notice').waitFor({ state: 'hidden' })
      await check(page, 'rendered')
      for (const view of ['Compare', 'Matrix', 'Images'] as const) {
        await app.view(view)
        await expect(page.locator('.busy')).toHaveCount(0)
        await check(page, view)
        expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(width)
      }
      const form = page.getByRole('region', { name: 'Set an image' })
      await form.getByLabel('Image', { exact: true }).fill('shop/web')
      await form.getByLabel('New tag or digest').fill('3.0')
      await expect(page.locator('.effects')).toBeVisible()
      await check(page, 'an edit, planned')
      await app.view('Rendered')
      await pane(app, 'Project')
      await check(page, 'project')
      await app.file('base/service.yaml')
      await pane(app, 'Source')
      await check(page, 'source')
      await app.replace('port: 80', 'port: [80')
      await expect(page.getByRole('region', { name: 'Problems' })).toContainText('1 error')
      await check(page, 'source with an error')
      await pane(app, 'Result')
      await check(page, 'a result that is not the newest')
      await page.getByRole('button', { name: 'Help and keys' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await check(page, 'help')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Share by link' }).click()
      await expect(page.getByRole('dialog')).toContainText('of at most')
      await check(page, 'share')
      await page.keyboard.press('Escape')
      await page.getByRole('banner').getByRole('button', { name: 'Export' }).click()
      await check(page, 'menu')
    })
  }
}
