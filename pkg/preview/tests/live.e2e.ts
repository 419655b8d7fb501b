// The page as `rustomize preview` serves it: the folder is open at once, and follows the disk.
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { App, expect, test as base } from './support/fixtures'
import { SHOP } from './support/projects'

const PROGRAM = process.env.RUSTOMIZE_PREVIEW

const test = base.extend<{ serve: (path: string) => Promise<{ url: string; stop: () => Promise<void> }> }>({
  serve: async ({}, use) => {
    const running: ChildProcess[] = []
    await use(async (path) => {
      if (PROGRAM === undefined) throw new Error('RUSTOMIZE_PREVIEW names no program: run `cargo xtask preview test`')
      const program = spawn(PROGRAM, ['preview', path], { stdio: ['ignore', 'pipe', 'inherit'] })
      running.push(program)
      const url = await new Promise<string>((resolve, reject) => {
        program.once('exit', () => reject(new Error('the program ended')))
        createInterface({ input: program.stdout! }).once('line', resolve)
      })
      const stop = () =>
        new Promise<void>((resolve) => {
          program.removeAllListeners('exit')
          program.once('exit', () => resolve())
          program.kill()
        })
      return { url, stop }
    })
    for (const program of running) program.kill()
  },
})

test('what changes on the disk is rendered at once', async ({ page, folder, serve }) => {
  const disk = folder({ ...SHOP, '.git/HEAD': 'x' })
  const { url } = await serve(disk.path)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/live\/[0-9a-f]{32}\/$/)
  await page.goto(url)
  const app = new App(page)
  await app.ready()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await app.environment('production')
  await app.kind('Deployment')
  await expect(app.line('replicas: 5')).toBeVisible()
  await expect(page.locator('.status-bar')).toContainText('follows the disk')

  const production = SHOP['overlays/production/kustomization.yaml']!
  disk.write('overlays/production/kustomization.yaml', production.replace('replicas: 5', 'replicas: 6'))
  await expect(app.line('replicas: 6')).toBeVisible()
  await expect(page.locator('.side-note').filter({ hasText: 'changed' })).toHaveCount(0)

  // A new environment, and one that goes.
  disk.write('overlays/canary/kustomization.yaml', production.replace('shop-production', 'shop-canary'))
  await expect(page.getByRole('navigation', { name: 'Project' }).getByRole('button', { name: /^canary/ })).toBeVisible()
  disk.remove('overlays/development')
  await expect(page.getByRole('navigation', { name: 'Project' }).getByRole('button', { name: /^development/ })).toHaveCount(0)

  // What was edited in the page stays; other files follow.
  await app.file('overlays/production/kustomization.yaml')
  await app.replace('replicas: 6', 'replicas: 8')
  await expect(app.line('replicas: 8')).toBeVisible()
  disk.write('overlays/production/kustomization.yaml', production.replace('replicas: 5', 'replicas: 9'))
  await expect(page.locator('.notice')).toContainText('changed on the disk; what was edited here stays')
  disk.write('base/web.yaml', SHOP['base/web.yaml']!.replace('name: PASSWORD', 'name: SECRET_WORD'))
  await expect(app.line('name: SECRET_WORD')).toBeVisible()
  await expect(app.line('replicas: 8')).toBeVisible()
  // The page writes nothing.
  const patch = await app.copied(() => app.choose('Export', /Copy changes as patch/))
  expect(patch).toContain('-        replicas: 9\n+        replicas: 8\n')
})

test('another project may be opened, and the folder again', async ({ page, folder, serve }) => {
  const disk = folder(SHOP)
  const { url } = await serve(disk.path)
  await page.goto(url)
  const app = new App(page)
  await app.ready()
  await app.choose('Open', /dreamseed/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('dreamseed')
  disk.write('base/web.yaml', SHOP['base/web.yaml']!.replace('replicas: 1', 'replicas: 1 # new'))
  await page.waitForTimeout(500)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('dreamseed')
  await app.choose('Open', /shop/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop')
  await app.file('base/web.yaml')
  await expect(app.editor).toContainText('# new')
})

test('a program that ended is missed, and nothing is lost', async ({ page, folder, serve, watch }) => {
  const { url, stop } = await serve(folder(SHOP).path)
  await page.goto(url)
  const app = new App(page)
  await app.ready()
  await stop()
  await expect(page.locator('.status-bar')).toContainText('no longer follows the disk')
  await app.environment('staging')
  await app.kind('Deployment')
  await expect(app.line('replicas: 2')).toBeVisible()
  // The browser says that nobody answers.
  watch.complaints.length = 0
  await page.close()
  watch.complaints.length = 0
})
