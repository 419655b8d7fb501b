// What is typed is seen at once: in the manifests, in the comparison, in the messages.
import { expect, test } from './support/fixtures'
import { SHOP } from './support/projects'

test('an edit is rendered, and shows in the comparison of environments', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('production')
  await app.kind('Deployment')
  await app.file('overlays/production/kustomization.yaml')
  await app.replace('replicas: 5', 'replicas: 7')
  await expect(app.line('replicas: 7')).toBeVisible()
  await expect(page.locator('.source-head')).toContainText('changed')

  await app.view('Compare')
  const objects = page.getByRole('listbox', { name: 'Objects that differ' })
  await objects.getByRole('option', { name: /Deployment web/ }).click()
  const fields = page.getByRole('region', { name: 'Fields of Deployment web' })
  const replicas = fields.getByRole('row', { name: /spec\.replicas/ })
  await expect(replicas).toContainText('7')
  await expect(fields.getByRole('row', { name: /containers\[name=web\]\.image/ })).toContainText('shop/web:v1.8')
  // What another environment has is one click away.
  await replicas.getByRole('button', { name: '2' }).click()
  await expect(page.locator('.source-head')).toContainText('overlays/staging/kustomization.yaml')

  await app.view('Matrix')
  await expect(page.getByRole('tabpanel')).toContainText('spec.replicas')

  const patch = await app.copied(() => app.choose('Export', /Copy changes as patch/))
  expect(patch).toContain('+++ b/overlays/production/kustomization.yaml')
  expect(patch).toContain('-        replicas: 5\n+        replicas: 7\n')
})

test('a line leads to its source, and to the chain of files that made it', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('production')
  await app.kind('Deployment')
  await app.line('image: shop/web:v1.8').click()
  await expect(page.locator('.source-head')).toContainText('overlays/production/kustomization.yaml')
  await expect(page.locator('.cm-activeLine')).toHaveText('    newTag: v1.8')
  const origin = page.getByRole('region', { name: 'Where the line comes from' })
  await expect(origin.locator('.step')).toContainText([/base\/web\.yaml:17/, /overlays\/production\/kustomization\.yaml:6.*images\[0\]/])
  await origin.getByRole('button', { name: /base\/web\.yaml/ }).click()
  await expect(page.locator('.source-head')).toContainText('base/web.yaml')
  await expect(page.locator('.cm-activeLine')).toHaveText('          image: shop/web:v1.0')

  await app.line('replicas: 5').click()
  await expect(page.locator('.cm-activeLine')).toHaveText('        replicas: 5')
})

test('broken YAML keeps the last result, and says what is wrong and where', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('staging')
  await app.kind('Deployment')
  await app.file('base/service.yaml')
  await app.replace('port: 80', 'port: [80')
  const problems = page.getByRole('region', { name: 'Problems' })
  await expect(problems).toContainText('1 error')
  await expect(app.status).toContainText('cannot be rendered; the last result is shown')
  await expect(app.line('kind: Deployment')).toBeVisible()
  await expect(page.locator('.cm-lintRange-error, .cm-lintPoint-error')).not.toHaveCount(0)
  // The message leads to the place.
  await app.file('README.md')
  await problems.getByRole('listitem').getByRole('button').first().click()
  await expect(page.locator('.source-head')).toContainText('base/service.yaml')
  await expect(app.editor).toBeFocused()
  await expect(page.locator('.cm-cursor-primary')).toBeVisible()
  await expect(page.locator('.cm-activeLine')).toHaveText(/port: \[80|^$/)
  await app.replace('port: [80', 'port: 81')
  await expect(problems).toContainText(/No problems|warning/)
  await expect(app.status).toContainText(/staging.* · 6 objects/)
})

test('an image is set: the edit is seen before it is made, with its effect on every environment', async ({ app, page, folder }) => {
  await app.openFolder(folder(SHOP).path)
  await app.environment('staging')
  await app.view('Images')
  const form = page.getByRole('region', { name: 'Set an image' })
  await form.getByLabel('Image', { exact: true }).fill('shop/web')
  await form.getByLabel('New tag or digest').fill('2.0')
  await form.getByLabel('Write to').selectOption('overlays/staging/kustomization.yaml')
  await expect(page.getByLabel('Patch', { exact: true })).toContainText('-    newTag: v1.9')
  const effects = form.locator('.effects > li')
  await expect(effects.filter({ hasText: 'staging' })).toContainText('shop/web:2.0')
  await expect(effects.filter({ hasText: 'production' })).toContainText('no change')
  await form.getByRole('button', { name: 'Apply' }).click()
  await app.view('Rendered')
  await app.kind('Deployment')
  await expect(app.line('image: shop/web:2.0')).toBeVisible()
  await app.file('overlays/staging/kustomization.yaml')
  // The version stays a text.
  await expect(app.editor).toContainText(/newTag: ["']2\.0["']/)
})
