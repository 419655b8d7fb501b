#!/bin/sh
# usage: ./deploy.sh deploy|status|update [ENVIRONMENT]
# ENVIRONMENT is a directory of overlays/, production if it is not given.
set -eu
cd "$(dirname "$0")"

command="${1:-}"
environment="${2:-production}"
overlay="overlays/$environment"

case "$environment" in
  production*) namespace=cloudretail ;;
  *) namespace="cloudretail-$environment" ;;
esac

# Nothing is applied if the build fails or a directive has no effect.
render() {
  manifests="$(mktemp)"
  trap 'rm -f "$manifests"' EXIT
  rustomize build --strict "$overlay" > "$manifests"
}

wait_for_rollouts() {
  kubectl rollout status --namespace "$namespace" --timeout=10m statefulset
  kubectl rollout status --namespace "$namespace" --timeout=10m deployment
}

case "$command" in
  deploy)
    render
    kubectl apply --server-side -f "$manifests"
    wait_for_rollouts
    ;;
  status)
    kubectl get deployments,statefulsets,pods,services,ingresses,hpa,pvc --namespace "$namespace"
    ;;
  update)
    # What changes, then the change: only pods with another image or configuration restart.
    render
    kubectl diff --server-side -f "$manifests" || test "$?" -eq 1
    kubectl apply --server-side -f "$manifests"
    wait_for_rollouts
    ;;
  *)
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
    ;;
esac
