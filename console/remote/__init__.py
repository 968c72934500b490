"""Officers and scripts that come in over SSH: sshd asks which keys it lets in, and starts one forced command."""
