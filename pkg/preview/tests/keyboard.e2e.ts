// Without a mouse.
import { expect, test } from './support/fixtures'

test('an example is opened, a value changed and its source found by keys alone', async ({ app, page }) => {
  const { keyboard } = page
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
  // To the examples.
  for (let at = 0; at < 30 && !(await focused()).startsWith('dreamseed'); at += 1) await keyboard.press('Tab')
  expect(await focused()).toMatch(/^dreamseed/)
  await keyboard.press('Enter')
  await app.ready()

  // From pane to pane.
  await page.getByRole('tab', { name: 'Rendered' }).focus()
  await keyboard.press('F6')
  await expect(page.getByRole('tree')).toBeFocused()
  await keyboard.press('Home')
  for (let at = 0; at < 200; at += 1) {
    const active = await page.getByRole('tree').getAttribute('aria-activedescendant')
    const title = active === null ? '' : await page.locator(`#${active}`).getAttribute('title')
    if (title === 'README.md') break
    await keyboard.press('ArrowDown')
  }
  await keyboard.press('Enter')
  await expect(page.locator('.source-head')).toContainText('README.md')

  // Along the manifests, to the source of a line.
  await app.lines.focus()
  for (let at = 0; at < 4; at += 1) await keyboard.press('ArrowDown')
  const selected = app.lines.getByRole('option', { selected: true })
  await expect(selected).toBeVisible()
  await keyboard.press('Enter')
  await expect(app.editor).toBeFocused()
  await expect(page.locator('.source-head')).not.toContainText('README.md')

  // Type, and leave the editor.
  await keyboard.press('Control+End')
  await keyboard.type('# typed\n')
  await expect(page.locator('.source-head')).toContainText('changed')
  await keyboard.press('Escape')
  await keyboard.press('Tab')
  await expect(app.editor).not.toBeFocused()

  // Views, a filter, a dialog.
  await keyboard.press('Alt+2')
  await expect(page.getByRole('tab', { name: 'Compare' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('listbox', { name: 'Objects that differ' })).toBeVisible()
  await page.getByRole('listbox', { name: 'Objects that differ' }).focus()
  await keyboard.press('ArrowDown')

  // To a value of the matrix, and to what wrote it.
  await keyboard.press('Alt+3')
  const grid = page.getByRole('grid', { name: 'Fields that differ between environments' })
  await grid.focus()
  await keyboard.press('ArrowDown')
  const cell = grid.getByRole('gridcell', { selected: true })
  await expect(cell).toBeVisible()
  await expect(grid).toHaveAttribute('aria-activedescendant', (await cell.getAttribute('id'))!)
  await keyboard.press('End')
  await keyboard.press('Home')
  for (let at = 0; at < 100 && (await cell.getByRole('button').count()) === 0; at += 1) await keyboard.press('ArrowDown')
  const before = await cell.getAttribute('id')
  await keyboard.press('ArrowRight')
  await expect(cell).not.toHaveAttribute('id', before!)
  await keyboard.press('ArrowLeft')
  await expect(cell).toHaveAttribute('id', before!)
  await keyboard.press('Enter')
  await expect(app.editor).toBeFocused()
  await keyboard.press('Alt+1')
  await expect(app.lines).toBeVisible()
  await app.lines.focus()
  await keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Name' })).toBeFocused()
  await app.lines.focus()
  await keyboard.press('?')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // A menu.
  const menu = page.getByRole('banner').getByRole('button', { name: 'Export' })
  await menu.focus()
  await keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: /Copy rendered/ })).toBeFocused()
  await keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: /Download rendered/ })).toBeFocused()
  await keyboard.press('Escape')
  await expect(menu).toBeFocused()
})

test('what has the focus is seen to have it, and nothing traps it', async ({ app, page }) => {
  await app.openExample('dreamseed')
  await page.getByRole('tab', { name: 'Rendered' }).focus()
  const seen: string[] = []
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press('Tab')
    const now = await page.evaluate(() => {
      const element = document.activeElement
      if (element === null || element === document.body) return 'body'
      if (element.closest('.cm-editor') !== null) return 'editor'
      const style = getComputedStyle(element)
      const isMarked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || element.matches('input[type=checkbox]')
      return `${isMarked ? '' : 'UNMARKED '}${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 30) ?? ''}`
    })
    if (now === 'editor') {
      await page.keyboard.press('Escape')
    }
    seen.push(now)
  }
  expect(seen.filter((each) => each.startsWith('UNMARKED'))).toEqual([])
  expect(new Set(seen).size).toBeGreaterThan(15)
  expect(seen.filter((each) => each === 'editor').length).toBeLessThan(10)
})
