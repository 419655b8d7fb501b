#!/bin/sh
# Compares all kustomizations with what they were where the branch began, and puts the report into the summary of the job and
# under the pull request. One comment is kept up to date.
#
# DIRECTORY, FROM, COMMENT, FAIL_ON_HIGH_RISK, RUSTOMIZE, PULL_REQUEST: see action.yml. Needs git with the history of the branch
# (`fetch-depth: 0`) and, for the comment, the program gh.
set -eu

marker='<!-- rustomize diff -->'
rustomize=${RUSTOMIZE:-rustomize}
directory=${DIRECTORY:-.}
out=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/rustomize-diff.XXXXXX")

if ! base=$(git merge-base "${FROM:?}" HEAD); then
  echo "::error::\`$FROM\` has no commit in common with HEAD; check out with \`fetch-depth: 0\`"
  exit 2
fi

code=0
"$rustomize" diff --all --from "$base" --output markdown -- "$directory" > "$out/body.md" || code=$?
if [ ! -s "$out/body.md" ]; then
  echo "::error::the kustomizations cannot be compared"
  exit 2
fi
"$rustomize" diff --all --from "$base" --output html -- "$directory" > "$out/report.html" 2> "$out/ignored" || true

{
  printf '%s\n' "$marker"
  # The commit says nothing to people.
  sed "3s/\`$base\`/\`$(printf %s "$FROM" | sed 's/[^A-Za-z0-9._-]/\\&/g')\`/" "$out/body.md"
} > "$out/comment.md"
cat "$out/comment.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
{
  echo "changed=$([ "$code" = 0 ] && echo false || echo true)"
  echo "report=$out/report.html"
} >> "${GITHUB_OUTPUT:-/dev/null}"

if [ "${COMMENT:-true}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
  comments="repos/${GITHUB_REPOSITORY:?}/issues/$PULL_REQUEST/comments"
  known=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
  if [ -n "$known" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field "body=@$out/comment.md" > /dev/null
  elif [ "$code" != 0 ]; then
    # A change without effect needs no comment, unless an earlier one says otherwise.
    gh api --method POST "$comments" --field "body=@$out/comment.md" > /dev/null
  fi
fi

if [ "$code" = 2 ]; then
  echo "::error::a kustomization does not build, see the report"
  exit 2
fi
if [ "${FAIL_ON_HIGH_RISK:-false}" = true ] && grep -q '^| 🔴 |' "$out/comment.md"; then
  echo "::error::the change has a high risk, see the report"
  exit 1
fi
