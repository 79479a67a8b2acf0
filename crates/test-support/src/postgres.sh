# Runs Postgres in a new folder: `postgres.sh BIN FSYNC`, where FSYNC is on or off. Prints the folder, then
# reads the commands `stop` (as a crash would), `start` and `create NAME`, and answers each with `done` or
# `failed`. Ends when its input does, which is when the process that started it has ended.
bin=$1
fsync=$2
export LC_ALL=C
folder=$(mktemp -d "${TMPDIR:-/tmp}/pantoken-postgres-XXXXXX") || exit 1
cd "$folder" || exit 1

start() {
    "$bin/postgres" -D data -k "$folder" -c listen_addresses= -c max_connections=200 \
        -c fsync="$fsync" >>log 2>&1 </dev/null &
    server=$!
    until "$bin/psql" -h "$folder" -U postgres -qc 'SELECT 1' >/dev/null 2>&1 </dev/null; do
        kill -0 $server 2>/dev/null || return 1
        sleep 0.05
    done
}

stop() {
    kill -QUIT $server
    wait $server
}

trap '' INT
"$bin/initdb" -D data -U postgres -A trust -E UTF8 --no-sync >log 2>&1 </dev/null && start || {
    cat log >&2
    rm -rf "$folder"
    exit 1
}
echo "$folder"
while read -r command name; do
    case $command in
        stop) stop ;;
        start) start ;;
        create) "$bin/createdb" -h "$folder" -U postgres "$name" >>log 2>&1 </dev/null ;;
    esac && echo done || echo failed
done
stop 2>/dev/null
rm -rf "$folder"
