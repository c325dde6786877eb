#compdef fmesh
# Completion of fmesh for zsh. In ~/.zshrc, after compinit:
#   source <(fmesh completion zsh)

_fmesh() {
  local line names=none
  local -a candidates
  while IFS= read -r line; do
    case $line in
      :*) names=${line#:} ;;
      *) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done < <("${words[1]}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  case $names in
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
    *) (( $#candidates )) && _describe fmesh candidates ;;
  esac
}

# As a file of $fpath this is the function's own text; otherwise it defines it.
if [[ ${funcstack[1]} == _fmesh ]]; then
  _fmesh "$@"
else
  compdef _fmesh fmesh
fi
