"""What was published when: releases, and the exact reasons of revisions."""
