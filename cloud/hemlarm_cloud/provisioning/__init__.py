"""New panels on their way into the installation: the cloud's side of what `hemlarm_protocol.provisioning` describes."""
