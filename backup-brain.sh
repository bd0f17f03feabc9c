#!/usr/bin/env bash
# Backs a Brain up, for a cron of one's own, with or without a fleet beside it:
#
#   15 2 * * *  BRAIN=http://127.0.0.1:9000 BRAIN_KEY_FILE=/etc/brain-admin-key /srv/fleet/backup-brain.sh
#
#   BRAIN           the Brain's address; its /admin/snapshot is asked for. Without it, what fleet.yaml says
#   BRAIN_KEY_FILE  a file with what the Brain wants in X-Admin-Key
#   TO              the folder of the backups (default: fleet-backup beside this script)
#
# Everything else (off-site copy, passphrase, what is kept) is that of fleet.yaml or of FLEET_BACKUP_... variables; arguments go to
# `./fleet backup run`. Exit code 0: backed up. 1: not, and nothing that was there before is touched.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
if [ -n "${BRAIN:-}" ]; then
    export FLEET_BRAIN_URL=$BRAIN
fi
if [ -n "${BRAIN_KEY_FILE:-}" ]; then
    [ -r "$BRAIN_KEY_FILE" ] || {
        printf 'backup-brain: BRAIN_KEY_FILE %s cannot be read\n' "$BRAIN_KEY_FILE" >&2
        exit 2
    }
    export FLEET_BACKUP_BRAIN_KEY_FILE=$BRAIN_KEY_FILE
fi
if [ -n "${TO:-}" ]; then
    export FLEET_BACKUP_LOCAL=$TO
fi
exec "$here/fleet" backup run --source brain "$@"
