#!/bin/sh
# Migrates the database, then deploys an environment that the pipeline has set to a version.
#
# usage: deploy.sh production|staging VERSION     (from the directory that holds overlays/)
# KUSTOMIZE names the program that renders: rustomize, or kustomize, which prints the same.
set -eu
environment=$1
version=$2
namespace=dreamseed-$environment

manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
"${KUSTOMIZE:-rustomize}" build "overlays/$environment" >"$manifests"

# 1. Run database migrations. They need the secrets: the very first time, apply everything at once.
kubectl apply -f "$manifests" -l app.kubernetes.io/component=migration
kubectl wait --for=condition=complete --timeout=300s "job/db-migration-$version" -n "$namespace"

# 2. Deploy new version
kubectl apply -f "$manifests"

# 3. Wait for rollout
kubectl rollout status deployment -l app.kubernetes.io/name=dreamseed -n "$namespace" --timeout=5m
