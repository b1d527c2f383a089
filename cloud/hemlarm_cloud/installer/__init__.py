"""What installers do: site files, enrolling sensors, the walk test as it goes, and the hand-over."""
