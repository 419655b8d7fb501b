// A project that uses what most projects use; see `warmUp`.

export const SAMPLE: Record<string, string> = {
  'a/kustomization.yaml': `namespace: shop
namePrefix: a-
commonAnnotations: {owner: team}
labels: [{pairs: {app: shop}, includeSelectors: true, includeTemplates: true}]
resources: [web.yaml]
configMapGenerator: [{name: settings, literals: [A=1], files: [notes.txt], envs: [more.env]}]
secretGenerator: [{name: key, literals: [K=1]}]
images: [{name: web, newTag: "2"}]
replicas: [{name: web, count: 2}]
replacements:
  - source: {kind: ConfigMap, name: settings, fieldPath: data.A}
    targets: [{select: {kind: Deployment}, fieldPaths: [metadata.annotations.a], options: {create: true}}]
`,
  'a/notes.txt': 'first\nsecond\n',
  'a/more.env': '# a comment\nB=2\n',
  'a/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          args: ["--port", '80']
          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: key}}]
          resources: {limits: {cpu: 100m, memory: 1Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, name: "http"}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 1, maxReplicas: 3}
`,
  'b/kustomization.yaml': `resources: [../a]
nameSuffix: -b
components: [../c]
patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: web, env: [{name: A, value: "1"}]}]}}}
  - target: {kind: Service}
    patch: '[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]'
`,
  'c/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches: [{target: {kind: Ingress}, path: host.yaml}]
`,
  'c/host.yaml': '- {op: replace, path: /spec/rules/0/host, value: b.example}\n',
}
