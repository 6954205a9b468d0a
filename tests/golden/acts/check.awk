# Checks one labelled file and counts its labels: all, tune, judge.
# Use: awk -F '\t' -f check.awk en.tsv | sort
# A line that starts with BAD is a fault; the exit status is then 1.
function bad(what) { print "BAD " what " line " FNR ": " $0; faults++ }
function count(label) { total[label]++; half[label, $2]++ }
BEGIN {
  split("recommend recommend_others anti-recommend seek received defend help testimonial " \
        "praise idea compare complain churn purchase-intent invite", names, " ")
  for (i in names) known[names[i]] = 1
}
FNR == 1 { if (NF != 9) bad("header"); next }
NF != 9 { bad("columns"); next }
$1 !~ /^(en|it)[0-9][0-9][0-9]$/ || $1 in ids { bad("id") }
$2 != (FNR % 2 ? "judge" : "tune") { bad("split") }
$3 !~ /^(post|reply|review)$/ { bad("kind") }
$4 == "" || index($5, $4) == 0 { bad("brand not in text") }
$7 !~ /^(positive|negative|neutral|mixed)$/ { bad("sentiment") }
$8 !~ /^(paid|unclear|none)$/ { bad("disclosure") }
$9 == "" { bad("note") }
tolower($5) in texts { bad("duplicate text") }
{
  ids[$1] = texts[tolower($5)] = 1
  count("all rows"); count("kind " $3); count("sentiment " $7); count("disclosure " $8)
  n = split($6, acts, ",")
  delete once
  for (i = 1; i <= n; i++) {
    if ((acts[i] != "-" && !(acts[i] in known)) || (acts[i] == "-" && n > 1)) bad("act")
    if (acts[i] in once) bad("act twice")
    once[acts[i]] = 1
    count("act " acts[i])
  }
  if ("recommend" in once || "recommend_others" in once) count("either recommend")
  if ($6 == "-" && $7 == "neutral") count("no act and neutral")
  if ($9 ~ /^irony/) count("note irony")
  if ($9 ~ /hn-disclosure/) count("note hn-disclosure")
  if ($9 ~ /codemix/) count("note codemix")
}
END {
  for (l in total)
    printf "%s\t%d\t%d\t%d\n", l, total[l], half[l, "tune"], half[l, "judge"]
  exit faults > 0
}
