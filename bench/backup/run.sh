#!/usr/bin/env bash
# Our repository and restic side by side: ./run.sh lance|tar|lucene [WORK FOLDER]. See README.md for what it does and needs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
mode=${1:?lance, tar or lucene}
work=${2:-$(mktemp -d)}
export ROWS=${ROWS:-20000} DIM=${DIM:-2048} DOCUMENTS=${DOCUMENTS:-20000} RESTIC_PASSWORD=bench
days=${DAYS:-14} rounds=${ROUNDS:-3}
mkdir -p "$work"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# As the launcher ./fleet starts backups, with what "./fleet build" left.
flags=(-XX:+UseSerialGC -Xms64m "-Xmx${FLEET_HEAP:-320m}" -XX:MaxNewSize=32m -XX:TrimNativeHeapInterval=10000 -XX:MaxDirectMemorySize=160m
  -XX:MaxMetaspaceSize=160m -XX:ReservedCodeCacheSize=96m "@$home/cli/src/main/resources/dev/freefleet/cli/backup/jvm.flags"
  -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
classes="$home/cli/target/fleet-cli.jar:$work/bench.jar"

build() {
  mkdir -p "$work/classes"
  "${java}c" -cp "$home/cli/target/fleet-cli.jar:$home/cli/target/lib/*" -d "$work/classes" "$here"/*.java
  (cd "$work/classes" && "${java%java}jar" -cf "$work/bench.jar" .)
  # As "./fleet build" has the JVM learn from the fleet's commands, this has it learn from the program that is measured.
  rm -rf "$work/rehearsal"
  mkdir "$work/rehearsal"
  "$java" "${flags[@]}" "-XX:AOTCacheOutput=$work/bench.aot" -cp "$classes" Bench "$work/rehearsal" rehearse >"$work/rehearsal.log" 2>&1
  rm -rf "$work/rehearsal"
  flags+=("-XX:AOTCache=$work/bench.aot" '-Xlog:aot*=off' '-Xlog:cds*=off')
}
ours() { "$java" "${flags[@]}" -cp "$classes" Bench "$work/ours" "$@"; }
theirs() { restic -q -r "$work/restic" "$@"; }
bytes() { du -sb "$1" | cut -f1; }

# States: each is made once and kept, so that both programs, every round and the next run see the same. The compaction is that of all days.
states="$work/states-lance-$ROWS-$DIM-$days" names=()
[ "$mode" != lucene ] || states="$work/states-lucene-$DOCUMENTS-$days"
for day in $(seq 1 "$days"); do names+=("$(printf 'day-%02d' "$day")"); done
names+=(compaction)
[ "$mode" = lucene ] || names+=(reorder)

change() { # what brings the folder "$states/now" to the state of that name
  if [ "$mode" = lucene ]; then
    "$java" -Xmx1g --enable-native-access=ALL-UNNAMED -cp "$classes" Brains "$states/now" "$1" "$DOCUMENTS" "$home/docs/performance.md" 2>/dev/null >&2
    return
  fi
  case $1 in
    day-01) set -- create ;;
    day-*) set -- day "$((10#${1#day-}))" ;;
    compaction) set -- compact ;;
  esac
  (cd "$work" && node table.mjs "$states/now" "$@" 2>/dev/null)
}
make_states() {
  if [ "$mode" != lucene ] && [ ! -d "$work/node_modules" ]; then
    cp "$here/package.json" "$here/table.mjs" "$work/"
    (cd "$work" && npm install --silent --no-audit --no-fund)
  fi
  mkdir -p "$states"
  local name before=
  for name in "${names[@]}"; do
    [ -d "$states/$name" ] || make_state "$name" "$before"
    before=$name
  done
}
make_state() { # NAME BEFORE
  # It grows out of the one before; a run that was ended may have left something half made.
  rm -rf "$states/now"
  [ -z "$2" ] || cp -al "$states/$2" "$states/now"
  change "$1"
  # Neither LanceDB nor Lucene changes a file that it has written.
  mv "$states/now" "$states/$1"
}
# Brings the live folder to a state; files that stay the same are not touched, as on a real disk.
go() {
  mkdir -p "$work/live"
  (cd "$work/live" && find . -type f | while read -r f; do { [ -e "$states/$1/$f" ] && [ ! "$f" -nt "$states/$1/$f" ] && [ ! "$f" -ot "$states/$1/$f" ]; } || rm "$f"; done)
  cp -a --update "$states/$1/." "$work/live/"
  [ "$mode" != tar ] || tar -C "$work/live" --sort=name -cf "$work/live.tar" .
}

# Prints seconds and MB of peak memory of a command.
measure() {
  export -f ours theirs
  declare -p flags classes work java >"$work/env"
  /usr/bin/time -f '%e %M' -o "$work/time" bash -c ". '$work/env'; $*" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  sync
  awk '{printf "%s %d", $1, $2/1024}' "$work/time"
}
median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR+1)/2] : (v[NR/2] + v[NR/2+1]) / 2}'; }
printf '%-11s | %21s %5s %5s | %15s %5s %5s | %11s %5s %5s\n' '' 'MB added, ours/restic' ratio goal seconds ratio goal 'peak MB' ratio goal
# line NAME BYTES BYTES SECONDS SECONDS MB MB GOALS (bytes, time, memory; - for none)
line() {
  awk -v n="$1" -v p="$2" -v q="$3" -v x="$4" -v y="$5" -v m="$6" -v o="$7" -v g="$8" -v h="$9" -v i="${10}" '
    function r(a, b) { return b > 0 ? sprintf("%.2f", a / b) : "-" }
    BEGIN { printf "%-11s | %10.2f %10.2f %5s %5s | %7.2f %7.2f %5s %5s | %5d %5d %5s %5s\n", n, p/1e6, q/1e6, r(p, q), g, x, y, r(x, y), h, m, o, r(m, o), i }'
}
# compare NAME ROUNDS GOALS(3) BEFORE OURS THEIRS: medians; BEFORE is run before each.
compare() {
  local name=$1 n=$2 goals=("$3" "$4" "$5") before=$6 a b x y i
  : >"$work/x"; : >"$work/y"
  for i in $(seq 1 "$n"); do
    $before ours; a=$(bytes "$work/ours"); x=$(measure "$7"); echo "$x $(($(bytes "$work/ours") - a))" >>"$work/x"
    $before restic; b=$(bytes "$work/restic"); y=$(measure "$8"); echo "$y $(($(bytes "$work/restic") - b))" >>"$work/y"
  done
  of() { cut -d' ' -f"$2" "$work/$1" | median; }
  line "$name" "$(of x 3)" "$(of y 3)" "$(of x 1)" "$(of y 1)" "$(of x 2)" "$(of y 2)" "${goals[@]}"
}
total() { awk -v n="$1" -v p="$(bytes "$work/ours")" -v q="$(bytes "$work/restic")" -v g="$2" 'BEGIN { printf "%-11s | %10.2f %10.2f %5.2f %5s | in all\n", n, p/1e6, q/1e6, p/q, g }'; }
fresh() { rm -rf "${work:?}/$1"; if [ "$1" = ours ]; then ours init; else theirs init; fi; }
no_target() { rm -rf "$work/out-$1"; }
# What a prune may touch is two days old.
age() { find "$work/ours" -type f -exec touch -d '3 days ago' {} +; }

build
make_states
if [ "$mode" = tar ]; then
  backup=("ours tar $work/live.tar" "theirs backup --stdin --stdin-filename live.tar < $work/live.tar")
else
  backup=("ours backup $work/live" "theirs backup $work/live")
fi
case $mode in
  lucene) first=1.0 added=1.0 compaction=1.0 all=1.0 time=1.25 daily=1.25 check=1.25 restore=1.25 ;;
  *) first=0.90 added=- compaction=0.10 all=0.55 time=1.25 daily=1.2 check=0.75 restore=1.05 ;;
esac
rm -rf "$work/live" "$work/all-x" "$work/all-y"
go day-01
echo "$mode: $(du -sm "$work/live" | cut -f1) MB in $(find "$work/live" -type f | wc -l) files, restic $(restic version | cut -d' ' -f2), medians of $rounds"
compare "day 1" "$rounds" $first $time 2.0 fresh "${backup[@]}"
for day in "${names[@]:1:days-1}"; do
  go "$day"
  compare "$day" 1 $added - - true "${backup[@]}"
  cat "$work/x" >>"$work/all-x"; cat "$work/y" >>"$work/all-y"
done
mv "$work/all-x" "$work/x"; mv "$work/all-y" "$work/y"
line "a day" "$(of x 3)" "$(of y 3)" "$(of x 1)" "$(of y 1)" "$(of x 2)" "$(of y 2)" $added $daily 2.0
for day in "${names[@]:days}"; do
  go "$day"
  compare "$day" 1 $compaction $time - true "${backup[@]}"
  # What the days came to, a compaction among them.
  [ "$day" != compaction ] || total "$days days" $all
done
compare check "$rounds" - $check 2.0 true "ours check" "theirs check --read-data"
compare restore "$rounds" - $restore 2.0 no_target "ours restore $work/out-ours" "theirs restore latest --target $work/out-restic"
diff -r "$work/live" "$work/out-ours" && echo "the restored tree is the same"
compare prune 1 - 2.5 2.0 age "ours prune 7" "theirs forget --group-by '' --keep-last 7 --prune"
total "after prune" -
