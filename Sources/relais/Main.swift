import ArgumentParser
import Foundation
import RelaisCommands

@main enum Main {
    static func main() async {
        // What is written holds people's data and may hold secrets: the store, recordings, plans, mails.
        umask(0o077)
        await RelaisCommand.main()
    }
}
