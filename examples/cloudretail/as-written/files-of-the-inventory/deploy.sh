#!/bin/sh
set -eu
kubectl apply -f namespace.yaml
