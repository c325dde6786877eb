# Completion of fmesh for fish:
#   fmesh completion fish > ~/.config/fish/completions/fmesh.fish

function __fmesh_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l option (string match -r -- '^--[^=]+=' "$last")
    set -l path (string replace -r -- '^--[^=]+=' '' "$last")
    for line in ($words[1] __complete -- $words[2..-1] "$last" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$path" | string replace -r -- '^' "$option"
            case ':folders'
                __fish_complete_directories "$path" | string replace -r -- '^' "$option"
            case ':*'
            case '*'
                echo $line
        end
    end
end

complete -c fmesh -f -a '(__fmesh_complete)'
