#!/bin/sh
# Runs Argo CD's server in an unpacked image as the sidecar would: as user 999, without capabilities, on a root that is read-only, with
# volumes for the server, its sockets and /tmp. Then the probe in there, and renders from outside.
#
# usage: container.sh ROOTFS RIG KUSTOMIZE ENTRY-POINT
set -eu
if [ "${INSIDE:-}" = "" ]; then
  # Mounts and processes of its own, which go when it ends.
  INSIDE=yes exec unshare --mount --pid --fork --kill-child sh "$0" "$@"
fi
rootfs=$(realpath "$1") rig=$(realpath "$2") kustomize=$3 entry=$4
mount --make-rprivate /
# A container engine makes this directory, too.
mkdir -p "$rootfs/dev"
mount --bind "$rootfs" "$rootfs"
mount -t tmpfs -o mode=0755 dev "$rootfs/dev"
mknod -m 0666 "$rootfs/dev/null" c 1 3
mount -o remount,ro,bind "$rootfs"
mount -t tmpfs -o size=512m,mode=1777 tmp "$rootfs/tmp"
mount -t tmpfs files "$rootfs/var/run/argocd"
cp "$rig" "$rootfs$entry"
plugins=$rootfs/home/argocd/cmp-server/plugins
mount -t tmpfs -o mode=0777 sockets "$plugins"
mount -o remount,ro,bind "$rootfs/var/run/argocd"

inside() {
  env -i PATH=/usr/local/bin /usr/sbin/chroot --userspec=999:999 --groups= "$rootfs" "$@"
}
if inside rustomize completion bash > "$rootfs/tmp/written" && [ -s "$rootfs/tmp/written" ]; then :; else
  echo "the program does not run in the image" >&2; exit 1
fi
if inside rustomize create --autodetect 2>/dev/null; then
  echo "the root of the image can be written to" >&2; exit 1
fi
inside "$entry" > /dev/null 2> "$rootfs/tmp/log" &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if inside rustomize argocd health; then healthy=yes; break; fi
  sleep 1
done
[ "${healthy:-}" = yes ] || { echo "the probe fails" >&2; cat "$rootfs/tmp/log" >&2; exit 1; }
"$rig" suite --sockets "$plugins" --rustomize "$rootfs/usr/local/bin/rustomize" --kustomize "$kustomize" --only "overrides images"
"$rig" suite --sockets "$plugins" --rustomize "$rootfs/usr/local/bin/rustomize" --kustomize "$kustomize" --only "examples dreamseed"
