// The projects of the tests.

/** Values that only Secrets hold. */
export const SECRETS = { literal: 'correct-horse-battery', manifest: 'plain-in-stringData', env: 'from-an-env-file' }

/** Everything that must not be seen: the values, and what `data` has of them. */
export const HIDDEN = Object.values(SECRETS).flatMap((value) => [value, Buffer.from(value).toString('base64').replace(/=+$/, '')])

const deployment = (name: string, image: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: ${image}
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef:
                  name: credentials
                  key: password
`

const overlay = (name: string, replicas: number, tag: string) => `resources:
  - ../../base
namespace: shop-${name}
images:
  - name: shop/web
    newTag: ${tag}
patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: ${replicas}
`

/** A shop with three environments, and Secrets of every making. */
export const SHOP: Record<string, string> = {
  'base/kustomization.yaml': `resources:
  - web.yaml
  - service.yaml
  - token.yaml
configMapGenerator:
  - name: settings
    literals:
      - GREETING=hello
secretGenerator:
  - name: credentials
    literals:
      - password=${SECRETS.literal}
  - name: more
    envs:
      - more.env
`,
  'base/more.env': `KEY=${SECRETS.env}\n`,
  'base/web.yaml': deployment('web', 'shop/web:v1.0'),
  'base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
`,
  'base/token.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: token
stringData:
  token: ${SECRETS.manifest}
`,
  'overlays/development/kustomization.yaml': overlay('development', 3, 'v2.0-dev'),
  'overlays/staging/kustomization.yaml': overlay('staging', 2, 'v1.9'),
  'overlays/production/kustomization.yaml': overlay('production', 5, 'v1.8'),
  'README.md': '# A shop\n',
}

/** One environment with many objects. */
export function many(count: number): Record<string, string> {
  const each = (at: number) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-${String(at).padStart(5, '0')}
data:
  number: "${at}"
  url: https://example.com/${at}
  text: |
    some lines
    of text for number ${at}
`
  const files: Record<string, string> = { 'kustomization.yaml': '' }
  const perFile = 100
  const names: string[] = []
  for (let from = 0; from < count; from += perFile) {
    const name = `objects-${String(from).padStart(5, '0')}.yaml`
    names.push(name)
    files[name] = Array.from({ length: Math.min(perFile, count - from) }, (_, at) => each(from + at)).join('---\n')
  }
  files['kustomization.yaml'] = `namespace: many\nresources:\n${names.map((name) => `  - ${name}\n`).join('')}`
  return files
}

/** Twenty services of a team, in the size of a real repository: some 200 objects, two overlays. */
export function team(): Record<string, string> {
  const files: Record<string, string> = {}
  const names = Array.from({ length: 20 }, (_, at) => `service-${String.fromCharCode(97 + at)}`)
  for (const name of names) {
    files[`base/${name}/kustomization.yaml`] = `resources:
  - deployment.yaml
  - service.yaml
  - more.yaml
configMapGenerator:
  - name: ${name}-settings
    literals:
      - LOG_LEVEL=info
      - NAME=${name}
secretGenerator:
  - name: ${name}-credentials
    literals:
      - password=${name}-password
labels:
  - pairs:
      app.kubernetes.io/part-of: team
    includeTemplates: true
`
    files[`base/${name}/deployment.yaml`] = deployment(name, `registry.example.com/team/${name}:1.0.0`).replace(
      'name: credentials',
      `name: ${name}-credentials`,
    )
    files[`base/${name}/service.yaml`] = SHOP['base/service.yaml']!.replaceAll('web', name)
    files[`base/${name}/more.yaml`] = [
      `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${name}
  minReplicas: 2
  maxReplicas: 10
`,
      `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: ${name}
`,
      `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
`,
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
spec:
  podSelector:
    matchLabels:
      app: ${name}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
      ports:
        - port: 80
`,
      `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list, watch]
`,
      `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: ${name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ${name}
subjects:
  - kind: ServiceAccount
    name: ${name}
`,
    ].join('---\n')
  }
  files['base/kustomization.yaml'] = `resources:\n${names.map((name) => `  - ${name}\n`).join('')}`
  for (const [environment, replicas] of [['staging', 2], ['production', 6]] as const) {
    files[`overlays/${environment}/kustomization.yaml`] = `namespace: team-${environment}
namePrefix: ${environment}-
resources:
  - ../../base
images:
${names.map((name) => `  - name: registry.example.com/team/${name}\n    newTag: 2.${replicas}.0\n`).join('')}replicas:
${names.map((name) => `  - name: ${name}\n    count: ${replicas}\n`).join('')}labels:
  - pairs:
      environment: ${environment}
patches:
  - target:
      kind: Deployment
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/resources
        value:
          limits:
            memory: ${replicas * 128}Mi
`
  }
  return files
}
