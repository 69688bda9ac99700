# Shared by the commands in this folder; to be sourced by bash with `set -euo pipefail`.
#
#   run_java MODULE MAIN ARGUMENTS...   builds MODULE if it is not built or older than its sources, then becomes java.
#                                       Options of the JVM: the array java_options, and SHARDSHIFT_JAVA_OPTIONS.
#   build_if_needed MODULE              only the first half
#   class_path MODULE                   prints it, for commands that start several processes

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
java=java
if [[ -n ${JAVA_HOME:-} ]]; then
    java=$JAVA_HOME/bin/java
fi

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

require() {
    command -v "$1" >/dev/null || fail "$1 is not on this machine: $2"
}

# Each module's classpath.txt is as old as the start of the build that made its jars.
is_built() {
    local made=$root/$1/target/classpath.txt newer jar jars
    [[ -f $made && -d $root/$1/target/classes ]] || return 1
    IFS=: read -ra jars <"$made" || true # its last line has no end
    for jar in ${jars[@]+"${jars[@]}"}; do
        [[ -e $jar ]] || return 1 # a `clean`, or another local repository
    done
    newer=$(find "$root" \( -name target -o -name '.*' -o -path '*/src/test' \) ! -path "$root" -prune \
        -o -type f \( -name pom.xml -o -path '*/src/main/*' \) -newer "$made" -print -quit)
    [[ -z $newer ]]
}

build_now() {
    local module=$1 log status=0 start
    require mvn "install Maven 3.8.7 or later"
    "$java" --version >/dev/null 2>&1 || fail "this java is too old: install a JDK 17 or later"
    echo "Building Shardshift, $module (the first time this downloads up to 250 MB) ..." >&2
    log=$(mktemp)
    start=$(date '+%Y-%m-%d %H:%M:%S')
    (cd "$root" && exec mvn -B -q -ntp -DskipTests -Dspotless.check.skip package -pl "$module" -am) \
        >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        cat "$log" >&2
        rm -f "$log"
        fail "the build of $module failed; what Maven said is above"
    fi
    rm -f "$log"
    # Maven leaves an unchanged file alone, and a source saved while it ran must count as newer.
    touch -d "$start" "$root/$module/target/classpath.txt"
}

build_if_needed() {
    require "$java" "install a JDK 17 or later, or set JAVA_HOME"
    is_built "$1" && return
    mkdir -p "$root/target"
    (
        # Two commands at once: the second waits, then finds all built.
        if command -v flock >/dev/null; then
            flock 9
        fi
        is_built "$1" || build_now "$1" 9>&-
    ) 9>"$root/target/commands.lock"
}

class_path() {
    printf '%s:%s' "$root/$1/target/classes" "$(<"$root/$1/target/classpath.txt")"
}

run_java() {
    local module=$1 main=$2 options=()
    shift 2
    build_if_needed "$module"
    read -ra options <<<"${SHARDSHIFT_JAVA_OPTIONS:-}"
    # exec: signals reach java, and its exit code is the command's
    exec "$java" ${java_options[@]+"${java_options[@]}"} ${options[@]+"${options[@]}"} \
        -cp "$(class_path "$module")" "$main" "$@"
}
