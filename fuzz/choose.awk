# Chooses seeds by the notes that libFuzzer's merges take of what each input reaches, in one file
# for each target: the input that reaches most of what no chosen one does, then the next.
#
#   awk -v most=30 -f choose.awk NOTES...
#
# Inputs that have a name are chosen already, and count; a third may be others at any rate. Those
# have the digits of a hash, and their paths are told. How much is reached is told on stderr.

FNR == 1 {
    targets++
    total = $1
}
FNR > 2 && FNR <= total + 2 {
    path[FNR - 3] = $0
}
$1 == "STARTED" && FNR > total + 2 {
    size[path[$2]] = $3
}
$1 == "FT" && FNR > total + 2 {
    input = path[$2]
    $1 = $2 = ""
    features[input, targets] = $0
    left[input] = -1
    gain(input, all, all_edges, 1)
}
END {
    for (input in left) {
        name = input
        sub(/.*\//, "", name)
        if (name ~ /[^0-9a-f]/ || length(name) < 12) {
            gain(input, reached, edges, 1)
            delete left[input]
            chosen++
        }
    }
    while (chosen < most || made < most / 3) {
        input = best()
        if (input == "") break
        print input
        gain(input, reached, edges, 1)
        delete left[input]
        chosen++
        made++
    }
    printf "%d seeds reach %d of %d edges, %d of %d features\n", chosen, size_of(edges), \
        size_of(all_edges), size_of(reached), size_of(all) >"/dev/stderr"
}

# The input that adds most, of equal ones the smallest; none where no input adds anything. What one
# adds only shrinks while others are chosen, so that an old figure is a bound, and few are looked
# at again.
function best(    input, first, now) {
    for (;;) {
        first = ""
        for (input in left)
            if (first == "" || before(input, first)) first = input
        if (first == "") return ""
        now = gain(first, reached, edges, 0)
        if (now == 0) {
            delete left[first]
        } else if (now == left[first]) {
            return first
        } else {
            left[first] = now
        }
    }
}

# Those that nobody has looked at, with a figure of -1, are first.
function before(a, b) {
    if (left[a] != left[b]) return left[a] < 0 || (left[b] >= 0 && left[a] > left[b])
    if (size[a] != size[b]) return size[a] < size[b]
    return a < b
}

# What an input adds to what is reached: a feature is an edge of the code and how often it is taken,
# in eight steps. A new edge is worth five times as much as another number of an old one, and
# without any new edge an input adds nothing.
function gain(input, features_reached, edges_reached, add,
    target, count, i, part, edge, sum, fresh) {
    for (target = 1; target <= targets; target++) {
        count = split(features[input, target], part, " ")
        for (i = 1; i <= count; i++) {
            if ((target, part[i]) in features_reached) continue
            edge = int(part[i] / 8)
            sum++
            if (!((target, edge) in edges_reached)) fresh += 4
            if (add) {
                features_reached[target, part[i]]
                edges_reached[target, edge]
            }
        }
    }
    return fresh ? sum + fresh : 0
}

function size_of(set,    key, count) {
    for (key in set) count++
    return count
}
