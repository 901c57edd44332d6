#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are missing. Does nothing where they are there.
set -euo pipefail

# Chromium drives the editor tests and has a Vulkan driver in software, which libvulkan1 finds for the WebGPU tests; the
# rest builds code-server's native modules.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
ldconfig -p | grep 'libvulkan\.so\.1' >/dev/null || missing+=(libvulkan1)
command -v python3 >/dev/null || missing+=(python3)
command -v make >/dev/null || missing+=(make)
command -v g++ >/dev/null || missing+=(g++)
command -v pkg-config >/dev/null || missing+=(pkg-config)
[ -e /usr/include/gssapi/gssapi.h ] || missing+=(libkrb5-dev)
[ -e /usr/include/libsecret-1/libsecret/secret.h ] || missing+=(libsecret-1-dev)

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
      'apt-get update -q && apt-get install -y -q --no-install-recommends "$@"' sh "${missing[@]}" ||
      echo "apt-get failed; the tests will say what they lack" >&2
  else
    echo "cannot install ${missing[*]}; the tests will say what they lack" >&2
  fi
fi
