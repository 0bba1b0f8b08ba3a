import ArgumentParser
import RelaisCommands

@main enum Main {
    static func main() async {
        await RelaisCommand.main()
    }
}
