# tflint's rules for the synthesized stacks. The AWS ruleset is in TFLINT_PLUGIN_DIR.
plugin "aws" {
  enabled = true
}

plugin "terraform" {
  enabled = true
  preset  = "recommended"
}
