# What tflint holds the synthesized stacks against. The AWS ruleset lies in TFLINT_PLUGIN_DIR.
plugin "aws" {
  enabled = true
}

plugin "terraform" {
  enabled = true
  preset  = "recommended"
}
