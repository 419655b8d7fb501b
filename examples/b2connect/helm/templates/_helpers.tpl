{{- define "b2connect.labels" -}}
app: {{ .app }}
app.kubernetes.io/part-of: b2connect
{{- end }}
