# Completion of fmesh for bash. In ~/.bashrc:
#   source <(fmesh completion bash)

_fmesh() {
  local line names=none
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) names=${line#:} ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # Where there is no candidate, bash completes names of files by itself.
  case $names in
    files) ;;
    folders) compopt +o default -o dirnames ;;
    *) compopt +o default ;;
  esac
}

complete -o default -F _fmesh fmesh
