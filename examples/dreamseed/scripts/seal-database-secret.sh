#!/bin/sh
# Encrypts the database secret of an environment for the Sealed Secrets controller.
# A sealed value opens only under the name and in the namespace it was sealed for.
#
# usage: seal-database-secret.sh NAMESPACE < env-file-with-url-username-password > database.yaml
set -eu

kubectl create secret generic database-secrets --namespace "$1" \
  --dry-run=client --from-env-file=/dev/stdin -o yaml |
  kubeseal -o yaml
