// Many objects: only what is in view is drawn. How smoothly that scrolls is in page.speed.ts.
import { expect, test } from './support/fixtures'
import { many } from './support/projects'

const COUNT = 5000

test('of 5,000 objects only those in view are drawn', async ({ app, page, folder }) => {
  test.slow()
  await app.openFolder(folder(many(COUNT)).path)
  await expect(app.status).toContainText('5,000 objects')
  expect(await page.locator('*').count()).toBeLessThan(4000)
  // The end is the end.
  await app.lines.evaluate((list) => void (list.scrollTop = list.scrollHeight))
  await expect(app.line('number: "4999"')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Name' }).fill('settings-02500')
  await expect(app.line('number: "2500"')).toBeVisible()
  await expect(page.locator('.filters-count')).toContainText('1 of 5,000')
})
