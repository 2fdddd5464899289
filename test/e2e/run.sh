#!/usr/bin/env bash
# Runs the checks against real parts, in a Python environment of their own: test/e2e/run.sh [pytest arguments].
# node_modules/ and lib/ must be there.
set -euo pipefail
cd "$(dirname "$0")"

python="${PYTHON:-python3}"
venv="$(cd ../.. && pwd)/.venv-e2e"

wanted="$("$python" -VV && cat requirements.txt)"
if [ "$(cat "$venv/installed" 2>/dev/null || true)" != "$wanted" ]; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
  printf '%s\n' "$wanted" > "$venv/installed"
fi

export PYTHONPYCACHEPREFIX="$venv/pycache"
exec "$venv/bin/python" -m pytest --rootdir . -o cache_dir="$venv/pytest" "$@"
