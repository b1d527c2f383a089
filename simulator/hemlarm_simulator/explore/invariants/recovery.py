"""The panel recovers without a person: when all is mended it has a session and nothing is pending."""

from hemlarm_simulator.explore.invariants.base import Ending, Invariant


class AlwaysRecovers(Invariant):
    """After everything is mended the panel is on, answers the cloud, and holds nothing that the cloud has not."""

    name = "always-recovers"

    def end(self, ending: Ending) -> None:
        """Takes what the run itself found."""
        if ending.complaint:
            self.complain(ending.complaint)
