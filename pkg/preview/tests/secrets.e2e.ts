// Values of Secrets: hidden wherever the page shows or hands out something, until they are asked for.
import { inflateRawSync } from 'node:zlib'
import { expect, test, type App } from './support/fixtures'
import { HIDDEN, SECRETS, SHOP } from './support/projects'
import { unzip } from './support/zip'

const seen = (text: string) => HIDDEN.filter((value) => text.includes(value))

/** Everything a share link holds. */
async function link(app: App): Promise<string> {
  await app.page.getByRole('button', { name: 'Share by link' }).click()
  const dialog = app.page.getByRole('dialog')
  const address = await app.copied(() => dialog.getByRole('button', { name: 'Copy link' }).click())
  await dialog.getByRole('button', { name: 'Close' }).click()
  const packed = address.split('#project=')[1] ?? ''
  return inflateRawSync(Buffer.from(packed, 'base64url')).toString()
}

test('no exit shows them', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('staging')
  // In view: manifests, sources, comparison, matrix, the steps behind a value.
  for (const kind of ['Secret', 'Deployment']) {
    await app.kind(kind)
    expect(seen(await app.everything()), kind).toEqual([])
  }
  await app.kind('Secret')
  await expect(app.lines).toContainText('•••')
  for (const line of ['password:', 'KEY:', 'token:']) {
    await app.line(line).first().click()
    await expect(page.getByRole('region', { name: 'Where the line comes from' }).locator('.steps')).toBeVisible()
    expect(seen(await app.everything()), line).toEqual([])
  }
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  for (const path of ['base/kustomization.yaml', 'base/more.env', 'base/token.yaml']) {
    await app.file(path)
    await expect(page.locator('.source-head')).toContainText('hidden')
    expect(seen(await app.everything()), path).toEqual([])
  }
  for (const view of ['Compare', 'Matrix', 'Images'] as const) {
    await app.view(view)
    await expect(page.getByRole('tabpanel')).not.toContainText('…')
    expect(seen(await app.everything()), view).toEqual([])
  }
  await app.view('Rendered')

  // On the way out.
  expect(seen(await app.copied(() => app.choose('Export', /Copy rendered YAML/)))).toEqual([])
  const yaml = await app.download(/Download rendered YAML/)
  expect(yaml.name).toMatch(/staging.*\.yaml$/)
  expect(yaml.bytes.toString()).toContain('kind: Secret')
  expect(seen(yaml.bytes.toString())).toEqual([])
  const all = unzip((await app.download(/Download all environments/)).bytes)
  expect(Object.keys(all)).toHaveLength(3)
  expect(seen(Object.values(all).join('\n'))).toEqual([])
  const shared = await link(app)
  expect(shared).toContain('secretGenerator')
  expect(seen(shared)).toEqual([])

  // A patch of a file that holds some.
  await app.file('base/token.yaml')
  await app.replace('name: token', 'name: tokens')
  await expect(page.locator('.source-head')).toContainText('changed')
  const patch = await app.copied(() => app.choose('Export', /Copy changes as patch/))
  expect(patch).toContain('+  name: tokens')
  expect(seen(patch)).toEqual([])
  expect(seen((await app.download(/Download changes as patch/)).bytes.toString())).toEqual([])
  // Nothing stays behind in the browser.
  expect(seen(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])))).toEqual([])
})

test('one click shows them, and then they are in what is handed out, but not in links', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await page.getByRole('button', { name: 'Show Secrets' }).click()
  await app.kind('Secret')
  await expect(app.line(SECRETS.manifest)).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  const copied = await app.copied(() => app.choose('Export', /Copy rendered YAML/))
  expect(copied).toContain(Buffer.from(SECRETS.literal).toString('base64'))
  const all = unzip((await app.download(/Download all environments/)).bytes)
  expect(seen(Object.values(all).join('\n'))).not.toEqual([])
  await app.file('base/token.yaml')
  await expect(app.editor).toContainText(SECRETS.manifest)
  expect(seen(await link(app)), 'links never hold them').toEqual([])
  await page.getByRole('button', { name: 'Secrets shown' }).click()
  await expect(app.editor).not.toContainText(SECRETS.manifest)
  expect(seen(await app.everything())).toEqual([])
})

test('a broken file with a Secret is not shown by its message', async ({ app, page, folder }) => {
  const broken = `${SHOP['base/token.yaml']!}  broken: [${SECRETS.manifest}\n`
  await page.locator('#open-folder').setInputFiles(folder({ ...SHOP, 'base/token.yaml': broken }).path)
  await expect(page.getByRole('region', { name: 'Problems' })).toContainText('error')
  await app.file('base/token.yaml')
  expect(seen(await app.everything())).toEqual([])
})
